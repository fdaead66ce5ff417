"""
Owns recommendations: trained models, feeds, reasons, what a member told us to show less of.
Publishes nothing yet.
Listens to facts about views, study, enrollments, votes and follows.
The numbers live in ``recsys.engine``, which works where Django is not installed.
"""
