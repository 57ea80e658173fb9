"""Rules of clusters as plain functions: the drawing of their lineage, pace against a target, the key of a business."""
