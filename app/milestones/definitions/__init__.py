"""What milestones and reports are made of, as data: due dates, sections, axes of judgement, drawings, calendars."""
