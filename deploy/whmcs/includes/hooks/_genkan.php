<?php
/**
 * Where the customer portal is, and the secret that calls to it are signed with. WHMCS loads no hook file whose name
 * begins with an underscore: this one is read by genkan.php beside it.
 */

if (!defined('WHMCS')) {
    exit; // asked for by a browser
}

return [
    // the portal's public address, without a path
    'url' => '',
    // one of the portal's signing secrets; until there is one, nothing is told
    'secret' => '',
    // its name among them, or '' to have each tried
    'key_id' => 'whmcs',
];
