"""The components of the design system, as template tags with keyword-only arguments."""

from django import template

register = template.Library()
