<?php

class Shelf
{
    /**
     * @param string|null $name Name of the book
     * @return void
     */
    public static function add(Book $book, ?string $name = null, bool $over = false)
    {
        $name = $name ?: $book->getName();

        if (isset(self::$books[$name]) && !$over) {
            throw new LogicException('There is such a book');
        }

        self::$books[$name] = $book;
    }
}
