<?php
/**
 * What the hook file knows of WHMCS: loads a folder of hooks as WHMCS does, then runs the events that stand in the
 * standard input, [[point, variables], ...]. The activity log goes to the standard error stream, hooks' own output to
 * the standard output.
 */

const WHMCS = true;
$points = [];

function add_hook(string $point, int $priority, callable $hook): void
{
    global $points;
    $points[$point][] = $hook;
}

function logActivity(string $line): void
{
    fwrite(STDERR, "{$line}\n");
}

function localAPI(string $action, array $given): array
{
    $id = (int) ($given['invoiceid'] ?? $given['id']);
    if ($id === 998) {
        throw new TypeError('canary-message');
    }
    if ($id === 999) {
        return ['result' => 'error', 'message' => "{$action}: not found, canary-message"];
    }
    return $action === 'GetInvoice'
        ? ['result' => 'success', 'invoiceid' => (string) $id, 'userid' => '3', 'notes' => 'canary-notes']
        : ['result' => 'success', 'orders' => ['order' => [['id' => (string) $id, 'userid' => 3, 'notes' => 'canary']]]];
}

/** A model, as InvoicePaid hands one over: whoever looks into it or writes it down is told. */
final class Model implements JsonSerializable
{
    public function __get(string $name)
    {
        throw new LogicException('canary-model');
    }

    #[ReturnTypeWillChange]
    public function jsonSerialize()
    {
        throw new LogicException('canary-model');
    }
}

foreach (glob("{$argv[1]}/*.php") as $file) {
    if (basename($file)[0] !== '_') {
        require $file;
    }
}
if (in_array('--points', $argv, true)) {
    echo json_encode(array_keys($points));
    exit;
}
foreach (json_decode(stream_get_contents(STDIN), true) as [$point, $vars]) {
    if ($point === 'InvoicePaid') {
        $vars['invoice'] = new Model();
    }
    foreach ($points[$point] ?? [] as $hook) {
        $hook($vars);
    }
}
