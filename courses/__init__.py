"""
The catalogue and learning: lessons, studio, unlocking, progress, quizzes, reviews, paths, certificates.

Owns courses, sections, lessons, enrollments, progress, reviews.
Publishes CoursePublished, Enrolled, LessonViewed, LessonWatched, LessonCompleted, CourseCompleted, CourseReviewed.
Listens to the end of memberships; payments call its registered fulfilment in their own transaction.
"""
