"""The rows of the entrance: logging in, signing up, second factors, other sites."""

from .personas import EVERYBODY, MEMBERS, NOBODY, WITHOUT_LOG_IN, Persona
from .rows import SENT_ON, Answer, Door, Row

P = Persona
# The teacher has an app, recovery codes and a passkey; nobody else has.
WITH_FACTORS = frozenset({P.TEACHER})
WITHOUT_FACTORS = MEMBERS - WITH_FACTORS
# The buyer alone has a password; the others of a demo world come in by one click.
WITH_PASSWORD = frozenset({P.ENROLLED})
ASKED_OR_SENT_ON = Door(Answer.LOG_IN, Answer.SENT_ON)
# Whoever has no password proves who they are by a second factor, and the other way round; whoever has neither cannot.
BY_FACTOR = Door(Answer.LOG_IN, Answer.FORBIDDEN, but={P.TEACHER: Answer.SENT_ON})
BY_PASSWORD = Door(Answer.LOG_IN, Answer.FORBIDDEN, but={P.ENROLLED: Answer.SENT_ON})
LOG_IN_ALWAYS = Door(Answer.LOG_IN, Answer.LOG_IN)

ENTRANCE = [
    Row(name="account_login", may=WITHOUT_LOG_IN, door=SENT_ON, seen_by=P.GUEST, is_main=True),
    Row(name="account_signup", may=WITHOUT_LOG_IN, door=SENT_ON, seen_by=P.GUEST),
    Row(name="account_logout", may=MEMBERS, door=SENT_ON, seen_by=P.ENROLLED),
    Row(name="account_inactive", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="account_reauthenticate", may=WITH_PASSWORD, door=BY_FACTOR, seen_by=P.ENROLLED),
    Row(name="account_email", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="account_email_verification_sent", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="account_confirm_email", case="no such key", may=EVERYBODY, seen_by=P.GUEST, fill=["no-such-key"]),
    Row(name="account_change_password", may=WITH_PASSWORD, door=ASKED_OR_SENT_ON, seen_by=P.ENROLLED),
    Row(name="account_set_password", may=MEMBERS - WITH_PASSWORD, door=ASKED_OR_SENT_ON, seen_by=P.NEWCOMER),
    Row(name="account_reset_password", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="account_reset_password_done", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="account_reset_password_from_key", case="no such key", may=EVERYBODY, seen_by=P.GUEST, fill=["1", "no-key"]),
    Row(name="account_reset_password_from_key_done", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="account_confirm_login_code", may=NOBODY, door=ASKED_OR_SENT_ON),
    Row(name="usersessions_list", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="mfa_index", may=MEMBERS, seen_by=P.TEACHER),
    Row(name="mfa_index", case="none yet", may=MEMBERS, seen_by=P.ENROLLED),
    Row(name="mfa_authenticate", case="nobody is half-way in", may=NOBODY, door=ASKED_OR_SENT_ON),
    Row(name="mfa_reauthenticate", may=WITH_FACTORS, door=BY_PASSWORD, seen_by=P.TEACHER),
    Row(name="mfa_activate_totp", may=WITHOUT_FACTORS, door=ASKED_OR_SENT_ON, seen_by=P.ENROLLED),
    Row(name="mfa_deactivate_totp", may=WITH_FACTORS, seen_by=P.TEACHER),
    Row(name="mfa_view_recovery_codes", may=WITH_FACTORS, seen_by=P.TEACHER),
    Row(name="mfa_generate_recovery_codes", may=MEMBERS, seen_by=P.TEACHER),
    Row(name="mfa_download_recovery_codes", may=WITH_FACTORS),
    Row(name="mfa_list_webauthn", may=MEMBERS, seen_by=P.TEACHER),
    Row(name="mfa_add_webauthn", may=MEMBERS, seen_by=P.TEACHER),
    Row(name="mfa_reauthenticate_webauthn", may=WITH_FACTORS, door=BY_PASSWORD),
    Row(name="mfa_remove_webauthn", may=WITH_FACTORS, seen_by=P.TEACHER, fill=lambda s: [s.passkey.pk]),
    Row(name="mfa_edit_webauthn", may=WITH_FACTORS, seen_by=P.TEACHER, fill=lambda s: [s.passkey.pk]),
    Row(name="mfa_login_webauthn", may=NOBODY, door=ASKED_OR_SENT_ON),
    Row(name="socialaccount_login_cancelled", may=EVERYBODY, seen_by=P.GUEST),
    Row(name="socialaccount_login_error", may=EVERYBODY, gives=Answer.DENIED, seen_by=P.GUEST),
    Row(name="socialaccount_signup", case="nobody is half-way in", may=NOBODY, door=LOG_IN_ALWAYS),
    Row(name="socialaccount_connections", may=MEMBERS, seen_by=P.ENROLLED),
    # Former addresses of allauth, which lead to those above.
    *(
        Row(name=f"account/social/{old}/", path=f"/account/social/{old}/", may=EVERYBODY, gives=Answer.MOVED)
        for old in ("login/cancelled", "login/error", "signup", "connections")
    ),
]  # fmt: skip
