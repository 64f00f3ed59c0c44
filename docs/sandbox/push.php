<?php
// Signs in to the sandbox, sends a push as an application does, and looks at what arrived.
declare(strict_types=1);

$sandbox = json_decode(file_get_contents('sandbox.json'), true, 512, JSON_THROW_ON_ERROR);

/** One request without following redirects. @return array{0: mixed, 1: string} the JSON and the address of a redirect */
function request(string $method, string $url, array $form = []): array
{
    $body = file_get_contents($url, false, stream_context_create(['http' => [
        'method' => $method,
        'header' => 'Content-Type: application/x-www-form-urlencoded',
        'content' => http_build_query($form),
        'follow_location' => 0,
        'ignore_errors' => true,
    ]]));
    $location = preg_grep('/^location: /i', $http_response_header);
    return [json_decode($body, true), substr((string) reset($location), strlen('location: '))];
}

function check(mixed $actual, mixed $expected): void
{
    if ($actual !== $expected) {
        fwrite(STDERR, 'Expected ' . json_encode($expected) . ', not ' . json_encode($actual) . "\n");
        exit(1);
    }
}

// A browser would be asked who signs in; sandbox_user answers for it. 1 is an administrator, who may send pushes.
$query = http_build_query(['client_id' => $sandbox['clientId'], 'state' => 'x', 'sandbox_user' => 1]);
[, $location] = request('GET', "{$sandbox['portal']}/oauth/authorize/?$query");
parse_str((string) parse_url($location, PHP_URL_QUERY), $callback);
[$tokens] = request('POST', "{$sandbox['authServer']}/oauth/token/", [
    'grant_type' => 'authorization_code',
    'client_id' => $sandbox['clientId'],
    'client_secret' => $sandbox['clientSecret'],
    'code' => $callback['code'],
]);

// From here on it is your application's turn.
[$answer] = request('POST', "{$tokens['client_endpoint']}pull.application.push.add", [
    'auth' => $tokens['access_token'],
    'USER_ID' => [1, 3],
    'TEXT' => 'Order 42 is ready',
]);
check($answer['result'], true);

// A real portal tells a sender nothing but `true`. The sandbox also tells what became of the push.
[$pushes] = request('GET', "{$sandbox['control']}/pushes");
$last = end($pushes);
check($last['text'], 'Order 42 is ready');
check($last['delivered'], [1]);
check($last['dropped'], [['id' => 3, 'reason' => 'desktopOpen']]);
echo "The push arrived.\n";
