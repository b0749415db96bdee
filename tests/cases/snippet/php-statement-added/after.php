<?php

final class Mailer
{
    private array $queue = [];

    public function add(string $to, string $text): void
    {
        $this->queue[] = [$to, $text];
    }

    public function flush(): int
    {
        $sent = 0;
        foreach ($this->queue as [$to, $text]) {
            mail($to, 'News', $text);
            $sent++;
        }
        $this->queue = [];
        return $sent;
    }
}
