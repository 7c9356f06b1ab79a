"""The further parts of the monthly report: sentences, points of risk, tables, Word and Excel."""
