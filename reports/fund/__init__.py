"""Documents of special funds, pure: allocation document 下达文件, disbursement order 拨付单, execution report.

`inputs` says what each is made from, once for both languages; PDF, DOCX and XLSX are written from the same texts and
tables, so that no figure differs between them. The same values give the same bytes in any process and zone.
"""
