"""The pages of this room; allauth's own stand under ``/account/``."""
