"""Forms of the back office as a browser would send them back."""

from django.forms import FileField
from django.test import RequestFactory, TestCase
from django.urls import reverse

from tests.cast import CastMixin


def request_of(who):
    """A request in the back office by somebody with the rights that they have by now, for what asks who asks."""
    request = RequestFactory().get("/admin/")
    request.user = type(who).objects.get(pk=who.pk)
    return request


def values_of(form):
    """What the fields of a form hold as it is shown, by the names a browser sends."""
    found = {}
    for bound in form:
        if isinstance(bound.field, FileField):
            continue
        value = bound.value()
        if value is None or value is False:
            continue
        value = bound.field.prepare_value(value)
        names = [bound.html_name]
        if hasattr(bound.field.widget, "widgets"):
            names = [f"{bound.html_name}_{number}" for number in range(len(bound.field.widget.widgets))]
            found.update(zip(names, bound.field.widget.decompress(value), strict=True))
        else:
            found[bound.html_name] = [str(part) for part in value] if isinstance(value, list | tuple) else str(value)
    return found


def form_data(response, **changes):
    """All that the change form in `response` would send if somebody changed the given fields and pressed Save."""
    data = values_of(response.context["adminform"].form)
    if response.context.get("original") and (made_from := response.context.get("made_from")) is not None:
        data["made_from"] = str(made_from)
    for inline in response.context["inline_admin_formsets"]:
        for form in [inline.formset.management_form, *inline.formset.forms]:
            data |= values_of(form)
    return data | changes


def add_row(data, prefix, **values):
    """Fill in one more row of the inline `prefix`, as "Add another" does."""
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    rows = {f"{prefix}-{number}-{name}": value for name, value in values.items()}
    return {**data, **rows, f"{prefix}-TOTAL_FORMS": str(number + 1)}


def errors_of(response):
    """Every sentence with which the form in `response` refuses."""
    form = response.context["adminform"].form
    found = [message for messages in form.errors.values() for message in messages]
    for inline in response.context["inline_admin_formsets"]:
        found += inline.formset.non_form_errors()
        found += [message for row in inline.formset.errors for messages in row.values() for message in messages]
    return found


class AdminCase(CastMixin, TestCase):
    """The superuser at the desk, and how forms are opened, filled in and sent."""

    def setUp(self):
        self.client.force_login(self.root)

    def page(self, record, page="change"):
        return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}", args=[record.pk])

    def list_of(self, model, page="changelist"):
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")

    def filled_in(self, record, **changes):
        return form_data(self.client.get(self.page(record)), **changes)

    def add_form(self, model, **changes):
        return form_data(self.client.get(self.list_of(model, "add")), **changes)

    def save(self, address, data):
        """Send a form and see that it was saved."""
        response = self.client.post(address, data)
        self.assertEqual(response.status_code, 302, response.context and errors_of(response))
        return response

    def assert_not_saved(self, address, data, sentence, *models):
        """The form is shown again with the sentence, and no row has changed."""
        before = [list(model.objects.order_by("pk").values()) for model in models]
        response = self.client.post(address, data)
        self.assertEqual(response.status_code, 200)
        self.assertIn(sentence, errors_of(response))
        self.assertEqual([list(model.objects.order_by("pk").values()) for model in models], before)
        return response

    def said(self, response):
        return [str(message) for message in response.context["messages"]]
