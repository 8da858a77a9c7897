"""`{{ moment|ago }}`: how long ago something was."""

from django import template

from assistant_project.admin.ago import ago

register = template.Library()
register.filter("ago", ago)
