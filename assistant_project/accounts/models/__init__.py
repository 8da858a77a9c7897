from assistant_project.accounts.models.api_key import ApiKey
from assistant_project.accounts.models.log_in import LogIn
from assistant_project.accounts.models.user import User, UserManager

__all__ = ["ApiKey", "LogIn", "User", "UserManager"]
