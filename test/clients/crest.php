<?php
// CRest, unmodified: takes its tokens as an installed application does, calls, batches and refreshes.
// Environment: SANDBOX (the JSON line of the sandbox), TOKENS (the answer of a sign-in), CLIENT (the folder with crest.php).
declare(strict_types=1);

$sandbox = json_decode((string) getenv('SANDBOX'), true);
$tokens = json_decode((string) getenv('TOKENS'), true);
define('C_REST_CLIENT_ID', $sandbox['clientId']);
define('C_REST_CLIENT_SECRET', $sandbox['clientSecret']);
define('C_REST_BLOCK_LOG', true);
if (getenv('WEBHOOK') === '1') {
    define('C_REST_WEB_HOOK_URL', $sandbox['webhook'] . '/');
}
require getenv('CLIENT') . '/crest.php';
require __DIR__ . '/check.php';

if (getenv('WEBHOOK') !== '1') {
    $_REQUEST = [
        'event' => 'ONAPPINSTALL',
        'auth' => $tokens + ['domain' => parse_url($sandbox['portal'], PHP_URL_HOST), 'application_token' => 'x'],
    ];
    check('install', CRest::installApp()['install']);
}
check('call', CRest::call('profile')['result']['ID'] ?? null, '1');
$batch = CRest::callBatch([
    'me' => ['method' => 'user.current'],
    'again' => ['method' => 'user.get', 'params' => ['ID' => '$result[me][ID]']],
]);
check('batch', $batch['result']['result']['again'][0]['ID'] ?? null, '1');
if (getenv('WEBHOOK') !== '1') {
    $pushed = CRest::call('pull.application.push.add', ['USER_ID' => [1, 2], 'TEXT' => 'From CRest']);
    check('push', $pushed['result'] ?? null);
    control($sandbox, '{"clockOffset":3700}');
    check('refresh', CRest::call('profile')['result']['ID'] ?? null, '1');
    control($sandbox, '{"clockOffset":0}');
    check('refusal', CRest::call('no.such.method')['error'] ?? null, 'ERROR_METHOD_NOT_FOUND');
}
