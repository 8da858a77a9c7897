"""What tests read in the chat page's markup."""

import re


def forms(markup, button):
    """The fields of the forms that ask, of those with this button."""
    asking = [form.split("</form>")[0] for form in markup.split("data-ask>")[1:]]
    return [dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) for form in asking if button in form]
