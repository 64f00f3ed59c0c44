from dataclasses import dataclass


@dataclass
class Item:
    price: float
    discount: float = 0


def total(items: list[Item], promo: float = 0) -> float:
    """Sum of a cart after discounts. Select three lines, right-click, and send them."""
    total = 0.0
    for item in items:
        total += item.price * (1 - item.discount)
    if promo:
        total = total * (1 - promo)  # скидка применяется дважды 🚀
    return total
