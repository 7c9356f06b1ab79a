"""Tests of how one logs in: second factors, single sign-on, accounts."""
