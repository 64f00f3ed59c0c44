<?php
/** Prints one line for a step, or ends with what came instead. */
function check(string $step, mixed $actual, mixed $expected = true): void
{
    if ($actual !== $expected) {
        echo "$step: FAILED, ", json_encode($actual), "\n";
        exit(1);
    }
    echo "$step: ok\n";
}

/** Changes the state of the sandbox. */
function control(array $sandbox, string $patch): void
{
    file_get_contents($sandbox['control'] . '/state', false, stream_context_create(
        ['http' => ['method' => 'PATCH', 'header' => 'Content-Type: application/json', 'content' => $patch]],
    ));
}
