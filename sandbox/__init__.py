"""
A payment provider to play against, as a process of its own.

Owns: payments as a provider keeps them, its hosted pages, its signed webhooks. Imports nothing of the house, no Django.
Publishes: `payment.paid`, `payment.declined`, `payment.refunded`, `payment.disputed`, over real HTTP.
Listens to: its JSON API and the person at its hosted pages.
"""
