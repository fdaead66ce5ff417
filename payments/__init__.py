"""
Money in and access out: orders, entitlements, coupons, tiers, providers, refunds, payouts.

Owns products, prices, orders, payments, refunds, entitlements; money itself is entries of the ledger.
Publishes OrderPlaced, OrderPaid, PaymentDeclined, OrderRefunded, EntitlementGranted, EntitlementEnded,
MembershipRunsOut, SubscriptionBegan, RenewalFailed, SubscriptionEnded, GiftClaimed, InvoiceIssued, PayoutMoved.
Listens to nothing; fulfilment of what was bought is registered by the rooms above.
"""
