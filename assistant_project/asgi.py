"""The ASGI application that uvicorn serves."""

import os

from django.core.asgi import get_asgi_application

from assistant_project.gate import Gate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assistant_project.settings")
application = Gate(get_asgi_application())
