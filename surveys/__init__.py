"""
Questions that the school asks: surveys with versions, answers, results, and the interests that answers show.

Owns surveys, questions, choices, submissions, answers.
Publishes SurveyAnswered.
Listens to nothing.
"""
