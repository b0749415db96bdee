import logging
from shop.counts import count
from shop.http import respond
from shop.models import Order
from shop.views import View

from .forms import OrderForm

log = logging.getLogger(__name__)


def show(request, key):
    order = Order.get(key)
    return respond(request, order)


def place(request):
    form = OrderForm(request.data)
    form.check()
    count(form)
    return respond(request, form.save())
