"""
Surveys: questions, answers, results.

Owns surveys, their questions, submissions and answers.
Publishes SurveyAnswered.
Listens to nothing.
"""
