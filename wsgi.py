from app import create_app
from server.worker import Stamp

app = create_app()
app.wsgi_app = Stamp(app.wsgi_app)  # type: ignore[method-assign]
