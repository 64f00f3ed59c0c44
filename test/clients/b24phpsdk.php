<?php
// The core of b24phpsdk, unmodified. Environment as in crest.php; CLIENT is the folder with vendor/autoload.php.
declare(strict_types=1);

use Bitrix24\SDK\Core\CoreBuilder;
use Bitrix24\SDK\Core\Credentials\ApplicationProfile;
use Bitrix24\SDK\Core\Credentials\AuthToken;
use Bitrix24\SDK\Core\Credentials\Credentials;
use Bitrix24\SDK\Core\Credentials\Endpoints;
use Bitrix24\SDK\Core\Credentials\Scope;
use Bitrix24\SDK\Core\Credentials\WebhookUrl;
use Bitrix24\SDK\Core\Exceptions\BaseException;
use Bitrix24\SDK\Services\Main\Result\ApplicationInfoItemResult;

require getenv('CLIENT') . '/vendor/autoload.php';
require __DIR__ . '/check.php';

$sandbox = json_decode((string) getenv('SANDBOX'), true);
$tokens = json_decode((string) getenv('TOKENS'), true);
$isWebhook = getenv('WEBHOOK') === '1';
$credentials = $isWebhook
    ? Credentials::createFromWebhook(new WebhookUrl($sandbox['webhook']))
    : Credentials::createFromOAuth(
        AuthToken::initFromArray($tokens),
        new ApplicationProfile($sandbox['clientId'], $sandbox['clientSecret'], new Scope(['pull', 'user'])),
        new Endpoints($sandbox['portal'], $sandbox['authServer']),
    );
$core = (new CoreBuilder())->withCredentials($credentials)->build();
$result = fn (string $method, array $params = []) => $core->call($method, $params)->getResponseData()->getResult();

check('call', $result('profile')['ID'] ?? null, '1');
$batch = $core->call('batch', ['halt' => 0, 'cmd' => ['me' => 'profile', 'people' => 'user.get?ID[0]=1&ID[1]=2']]);
check('batch', count($batch->getResponseData()->getResult()['result']['people']), 2);
if (!$isWebhook) {
    check('push', $result('pull.application.push.add', ['USER_ID' => [1, 2], 'TEXT' => 'From b24phpsdk']), [true]);
    control($sandbox, '{"clockOffset":3700}');
    check('refresh', $result('profile')['ID'] ?? null, '1');
    control($sandbox, '{"clockOffset":0}');
    try {
        $info = $result('app.info', ['IS_NEED_OAUTH_SECURE_CHECK' => true]);
        check('app.info', [$info['client_id'], is_string($info['expires'])], [$sandbox['clientId'], true]);
    } catch (BaseException $error) {
        check('app.info', $error->getMessage());
    }
}
