"""Makes contacts.xls and many.xls in this folder, with xlwt 1.3.0 (BSD) from PyPI."""

import datetime

import xlwt

NOT_AVAILABLE = 0x2A
DIVISION_BY_ZERO = 0x07


def book(more):
    workbook = xlwt.Workbook(encoding="utf-8")
    workbook.add_sheet("Notes")
    sheet = workbook.add_sheet("Contacts")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    minute = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm")
    sheet.write(0, 0, "Export of 1 July")
    for column, title in enumerate(["Name", "Mobile", "Since", "Member", "Score", "Not before"]):
        sheet.write(2, column, title)
    sheet.write(3, 0, "Zoë Lee")
    sheet.write(3, 1, 12025550123)
    sheet.write(3, 2, datetime.date(2026, 7, 1), day)
    sheet.write(3, 3, True)
    sheet.write(3, 4, 1.5)
    sheet.write(3, 5, datetime.datetime(2026, 7, 1, 9, 0), minute)
    sheet.write(4, 0, "美咲")
    sheet.write(4, 1, "(202) 555-0124")
    sheet.row(4).set_cell_error(4, DIVISION_BY_ZERO)
    sheet.write(6, 0, "Bob")
    sheet.row(6).set_cell_error(1, NOT_AVAILABLE)
    sheet.write(7, 0, "Ann")
    sheet.write(7, 1, 2025550125.0)
    sheet.row(7).hidden = True
    sheet.write_merge(8, 8, 0, 1, "merged")
    for index in range(more):
        sheet.write(9 + index, 0, f"Person {index} " + "é" * (index % 7))
        sheet.write(9 + index, 1, 12025550200 + index)
    return workbook


book(0).save("contacts.xls")
book(600).save("many.xls")
