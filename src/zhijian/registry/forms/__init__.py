"""What people fill in about the register."""

from zhijian.registry.forms.filings import FilingForm, form_for
from zhijian.registry.forms.general import AccountForm, ColumnsForm, RegisterForm, UploadForm

__all__ = ["AccountForm", "ColumnsForm", "FilingForm", "RegisterForm", "UploadForm", "form_for"]
