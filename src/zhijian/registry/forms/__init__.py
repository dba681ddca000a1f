"""What people fill in about the register."""

from zhijian.registry.forms.filings import FilingForm, form_for
from zhijian.registry.forms.general import AccountForm, ColumnsForm, IdentityForm, RegisterForm, UploadForm

__all__ = ["AccountForm", "ColumnsForm", "FilingForm", "IdentityForm", "RegisterForm", "UploadForm", "form_for"]
