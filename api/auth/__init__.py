"""Accounts and sign-in: who may use the service, kept in `DIR/accounts.sqlite`."""

from api.auth.accounts import Accounts
from api.auth.entrance import Session
from api.auth.errors import SignInRefused, TooManyAttempts
from api.auth.tokens import Token
from api.auth.users import User

__all__ = ["Accounts", "Session", "SignInRefused", "Token", "TooManyAttempts", "User"]
