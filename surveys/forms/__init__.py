"""Answering a survey, and building one."""

from .answering import SurveyForm
from .building import WITH_OFFERS, NewSurveyForm, OfferForms, QuestionForm, SurveyHeadForm, offer_forms, offers_in

__all__ = [
    "WITH_OFFERS",
    "NewSurveyForm",
    "OfferForms",
    "QuestionForm",
    "SurveyForm",
    "SurveyHeadForm",
    "offer_forms",
    "offers_in",
]
