package shop;

import java.util.List;

public class Basket {
    private final List<Item> items;

    public Basket(List<Item> items) {
        this.items = items;
    }

    public int price() {
        return items.stream().mapToInt(Item::price).sum();
    }

    public boolean isEmpty() {
        return items.isEmpty();
    }
}
