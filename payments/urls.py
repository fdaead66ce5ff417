"""Addresses of buying; the roof includes them at its top."""

from django.urls import path

from .views import buying, coupons, earnings, gifts, membership, orders, reductions, webhook

app_name = "payments"
urlpatterns = [
    path("checkout/<int:product_id>/", buying.checkout, name="checkout"),
    path("bundles/<slug:slug>/", gifts.bundle, name="bundle"),
    path("gifts/<str:token>/", gifts.gift, name="gift"),
    path("gifts/<str:token>/claim/", gifts.claim, name="claim"),
    path("reductions/", reductions.reductions, name="reductions"),
    path("membership/", membership.membership, name="membership"),
    path("membership/renewal/<int:pk>/stop/", membership.stop, name="stop_renewal"),
    path("membership/renewal/<int:pk>/resume/", membership.resume, name="resume_renewal"),
    path("membership/<slug:slug>/trial/", membership.trial, name="trial"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:reference>/", orders.order, name="order"),
    path("orders/<str:reference>/receipt/", orders.receipt, name="receipt"),
    path("orders/<str:reference>/receipt.pdf", orders.receipt_pdf, name="receipt_pdf"),
    path("orders/<str:reference>/invoice/", orders.invoice, name="invoice"),
    path("orders/<str:reference>/code.svg", orders.code, name="code"),
    path("orders/<str:reference>/cancel/", orders.cancel, name="cancel"),
    path("orders/<str:reference>/refund/", orders.refund, name="refund"),
    path("studio/earnings/", earnings.earnings, name="earnings"),
    path("studio/earnings/payee/", earnings.payee, name="payee"),
    path("studio/earnings/payout/", earnings.ask, name="ask_for_payout"),
    path("studio/earnings/payouts/<int:pk>/take-back/", earnings.take_back, name="take_back_payout"),
    path("studio/earnings/<int:year>-<int:month>/", earnings.statement, name="statement"),
    path("studio/earnings/<int:year>-<int:month>.csv", earnings.statement_csv, name="statement_csv"),
    path("studio/coupons/", coupons.coupons, name="coupons"),
    path("studio/coupons/new/", coupons.new, name="new_coupon"),
    path("studio/coupons/<int:pk>/", coupons.coupon, name="coupon"),
    path("studio/coupons/<int:pk>/codes/", coupons.make_codes, name="make_codes"),
    path("studio/coupons/<int:pk>/codes.csv", coupons.codes_csv, name="codes_csv"),
    path("studio/coupons/<int:pk>/end/", coupons.end, name="end_coupon"),
    path("pay/<slug:provider>/webhook/", webhook.webhook, name="webhook"),
]
