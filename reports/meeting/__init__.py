"""Papers of meetings, pure: notice, attendance sheet, bundle of papers, minutes 会议纪要 as PDF and DOCX.

`inputs` says what each paper is made from; `build_minutes_pdf`, `build_minutes_docx`, `build_notice_pdf`,
`notice_lines`, `build_bundle` and `build_sheet_pdf` make them. The same values give the same bytes in any process
and zone. Layout: GB/T 9704-2012, minutes format.
"""
