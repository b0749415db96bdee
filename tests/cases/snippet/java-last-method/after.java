package shop;

import java.util.List;

public class Basket {
    private final List<Item> items;

    public Basket(List<Item> items) {
        this.items = items;
    }

    public int price() {
        int sum = 0;
        for (Item item : items) {
            sum += item.price();
        }
        return sum;
    }

    public boolean isEmpty() {
        return price() == 0;
    }
}
