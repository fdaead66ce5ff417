"""Pages on which surveys are answered."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from surveys import operations, queries
from surveys.forms import SurveyForm
from surveys.models import Survey


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def onboarding(request: HttpRequest) -> HttpResponse:
    """What a newcomer wants to learn; may be skipped, and answered again later."""
    survey = queries.onboarding()
    if survey is None:
        return redirect(_way_on(request))
    return _answer(request, survey, thanks=_("Thank you. Your front page begins with what you chose."))


@require_POST
@login_required
def skip(request: HttpRequest) -> HttpResponse:
    """Go on without answering."""
    survey = queries.onboarding()
    if survey is not None:
        operations.skip(survey=survey, by=request.user)
    return redirect(_way_on(request))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def survey(request: HttpRequest, slug: str) -> HttpResponse:
    """Any other survey that is open."""
    found = queries.open_survey(slug=slug, viewer=request.user)
    if found is None:
        raise Http404
    return _answer(request, found, thanks=_("Thank you. Your answers are saved."))


@require_safe
@login_required
def thanks(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one's own answers lead; without any, there is nothing here."""
    found = get_object_or_404(Survey.objects.visible_to(request.user), pk=pk)
    places = queries.led_to(survey=found, user=request.user)
    if not places:
        return redirect(_way_on(request))
    return render(request, "surveys/thanks.html", {"survey": found, "places": places, "next": _way_on(request)})


def _answer(request: HttpRequest, survey: Survey, *, thanks: str) -> HttpResponse:
    given = queries.given_answers(survey=survey, user=request.user)
    form = SurveyForm(request.POST if request.method == "POST" else None, survey=survey, given=given)
    if request.method == "POST" and form.is_valid():
        try:
            operations.submit(survey=survey, by=request.user, answers=form.answers)
        except operations.Closed:
            messages.error(request, _("This survey was closed a moment ago. Your answers were not saved."))
        else:
            messages.success(request, thanks)
            if queries.led_to(survey=survey, user=request.user):
                return redirect(
                    f"{reverse('surveys:thanks', args=[survey.pk])}?{urlencode({'next': _way_on(request)})}"
                )
        return redirect(_way_on(request))
    return render(request, "surveys/survey.html", {"survey": survey, "form": form, "next": _way_on(request)})


def _way_on(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours else "/"
