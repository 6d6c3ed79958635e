<?php
/**
 * Tells the customer portal that an invoice, a payment method, a service or an order changed: ids only, it reads the
 * rest by itself. Each call is signed. What can't be told is left to the portal's own looks, and never keeps WHMCS from
 * its work: a call may take two and a half seconds, and once the portal did not answer, the rest of the same page or
 * cron run is not told.
 *
 * Settings stand in _genkan.php beside this file. For PHP 7.4 and newer, with curl.
 */

if (!defined('WHMCS')) {
    exit; // asked for by a browser
}

(static function (): void {
    $file = __DIR__ . '/_genkan.php';
    $settings = is_file($file) ? (array) require $file : [];
    if (empty($settings['url']) || empty($settings['secret'])) {
        return;
    }
    $isAway = false;

    // what went wrong is named by kind: messages may hold addresses, and variables of hooks hold passwords
    $log = static function (string $event, string $what): void {
        $line = "Customer portal not told of {$event}: {$what}";
        function_exists('logActivity') ? logActivity($line) : error_log($line);
    };

    $number = static function ($value): ?int {
        $isNumber = is_int($value) || is_string($value);
        return $isNumber && preg_match('/^[1-9][0-9]{0,17}$/D', (string) $value) ? (int) $value : null;
    };

    $uuid = static function (): string {
        $bytes = random_bytes(16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);
        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    };

    // orders and invoices come without their client
    $clientOf = static function (array $ids) use ($number): ?int {
        if (isset($ids['invoiceId'])) {
            return $number(localAPI('GetInvoice', ['invoiceid' => $ids['invoiceId']])['userid'] ?? null);
        }
        if (isset($ids['orderId'])) {
            $found = localAPI('GetOrders', ['id' => $ids['orderId']]);
            return $number($found['orders']['order'][0]['userid'] ?? null);
        }
        return null;
    };

    $headers = static function (string $path, string $body, string $id) use ($settings): array {
        $at = (string) time();
        $nonce = bin2hex(random_bytes(16));
        $said = implode("\n", ['v1', 'POST', $path, $at, $nonce, $id, hash('sha256', $body)]);
        $headers = [
            'Content-Type: application/json',
            "X-Timestamp: {$at}",
            "X-Nonce: {$nonce}",
            "Idempotency-Key: {$id}",
            'X-Signature: v1=' . hash_hmac('sha256', $said, $settings['secret']),
            'Expect:',
        ];
        return empty($settings['key_id']) ? $headers : array_merge($headers, ["X-Key-Id: {$settings['key_id']}"]);
    };

    $post = static function (string $event, string $id, string $body) use ($settings, $headers, $log, &$isAway): void {
        $path = '/api/hooks/whmcs';
        $call = curl_init(rtrim($settings['url'], '/') . $path);
        curl_setopt_array($call, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_HTTPHEADER => $headers($path, $body, $id),
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_CONNECTTIMEOUT_MS => 1500,
            CURLOPT_TIMEOUT_MS => 2500,
            CURLOPT_NOSIGNAL => true,
            // printed, an answer would spoil the page or the API's JSON
            CURLOPT_WRITEFUNCTION => static function ($call, string $part): int {
                return strlen($part);
            },
        ]);
        curl_exec($call);
        $fault = curl_errno($call);
        $status = (int) curl_getinfo($call, CURLINFO_RESPONSE_CODE);
        $isAway = $fault !== 0;
        if ($fault !== 0 || $status !== 202) {
            $log($event, $fault !== 0 ? "no answer (curl {$fault}), nor of what follows" : "answered {$status}");
        }
    };

    $tell = static function (string $event, array $given) use ($number, $uuid, $clientOf, $post, $log): void {
        $ids = array_filter(array_map($number, $given));
        $client = $ids['clientId'] ?? $clientOf($ids);
        if ($client === null) {
            $log($event, 'nobody knows whose it is');
            return;
        }
        $id = $uuid();
        $news = ['event' => $event, 'id' => $id, 'at' => date(DATE_ATOM), 'clientId' => $client];
        $news += ['serviceId' => null, 'orderId' => null, 'invoiceId' => null];
        $post($event, $id, json_encode(array_merge($news, $ids)));
    };

    $invoice = static function (array $vars): array {
        return ['invoiceId' => $vars['invoiceid'] ?? null];
    };
    $order = static function (array $vars): array {
        return ['orderId' => $vars['orderid'] ?? null];
    };
    $module = static function (array $vars): array {
        return ['clientId' => $vars['params']['userid'] ?? null, 'serviceId' => $vars['params']['serviceid'] ?? null];
    };
    $service = static function (array $vars): array {
        return ['clientId' => $vars['userid'] ?? null, 'serviceId' => $vars['serviceid'] ?? null];
    };

    // which ids each hook gives; nothing else of what it holds is looked at
    $hooks = [
        'InvoiceCreated' => $invoice,
        'InvoicePaid' => $invoice,
        'InvoiceUnpaid' => $invoice,
        'InvoiceCancelled' => $invoice,
        'InvoiceRefunded' => $invoice,
        'AddInvoicePayment' => $invoice,
        'AddTransaction' => static function (array $vars): array {
            // WHMCS's own documentation spells it so
            $invoice = $vars['invoiceid'] ?? $vars['invocieid'] ?? null;
            return ['clientId' => $vars['userid'] ?? null, 'invoiceId' => $invoice];
        },
        'CCUpdate' => static function (array $vars): array {
            return ['clientId' => $vars['userid'] ?? null];
        },
        'AcceptOrder' => $order,
        'CancelOrder' => $order,
        'PendingOrder' => $order,
        'FraudOrder' => $order,
        'DeleteOrder' => $order,
        'OrderPaid' => static function (array $vars): array {
            return [
                'clientId' => $vars['userId'] ?? null,
                'orderId' => $vars['orderId'] ?? null,
                'invoiceId' => $vars['invoiceId'] ?? null,
            ];
        },
        'AfterShoppingCartCheckout' => static function (array $vars): array {
            return ['orderId' => $vars['OrderID'] ?? null, 'invoiceId' => $vars['InvoiceID'] ?? null];
        },
        'AfterModuleCreate' => $module,
        'AfterModuleSuspend' => $module,
        'AfterModuleUnsuspend' => $module,
        'AfterModuleTerminate' => $module,
        'AfterModuleChangePackage' => $module,
        'ServiceEdit' => $service,
        'AdminServiceEdit' => $service,
        'ServiceDelete' => static function (array $vars): array {
            return [
                'clientId' => $vars['clientId'] ?? $vars['userid'] ?? null,
                'serviceId' => $vars['serviceid'] ?? null,
            ];
        },
        'CancellationRequest' => static function (array $vars): array {
            return ['clientId' => $vars['userid'] ?? null, 'serviceId' => $vars['relid'] ?? null];
        },
    ];

    foreach ($hooks as $event => $idsOf) {
        add_hook($event, 1, static function ($vars) use ($event, $idsOf, $tell, $log, &$isAway): void {
            if ($isAway) {
                return;
            }
            try {
                $tell($event, $idsOf((array) $vars));
            } catch (\Throwable $fault) {
                $log($event, get_class($fault));
            }
        });
    }
})();
