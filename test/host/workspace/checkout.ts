interface Item {
  price: number;
  discount: number;
}

interface Cart {
  items: Item[];
  promo?: number;
}

/** Sum of a cart after discounts. Select three lines, right-click, and send them. */
export function total(cart: Cart): number {
  let sum = 0;
  for (const item of cart.items) {
    sum += item.price * (1 - item.discount);
  }
  if (cart.promo) {
    sum = sum * (1 - cart.promo); // скидка применяется дважды 🚀
  }
  return sum;
}
