# SPDX-License-Identifier: MIT
# windows.ps1 - what is done when a script for Windows is started; its functions stand in the files before it
#
# powershell -ExecutionPolicy Bypass -File THIS [-WhatIf | -Verify | -Undo] [OPTION...], as an administrator
#
# Without -Complete, -Backup or -Restore: adds the new certificates and the revocation list to the machine's intermediate store, removes
# the old ones by thumbprint there and in the hidden copies of service accounts, and looks at what the server sends.
# Everything that is removed is kept in backup-DATE beside this file, and a failure half-way is rolled back.
#
#   -WhatIf               says what would be done
#   -Verify               only looks
#   -Undo                 takes the last step back; once more, the one before
#   -Restart              restarts the servers afterwards; connections are lost
#   -NoConnect            does not look at what is sent (an old .NET may not speak the server's TLS)
#   -Connect HOST:PORT    looks there
#   -Wait SECONDS         how long what is sent may take to change (300)
#   -Complete FILE        installs what the CA sent, in place of the old certificate; the request for it is made by
#                         what `chainmend csr --emit` writes
#   -Services S           for Exchange: the services it gets, by default those of the old one
#   -Backup FILE.pfx      certificate and key, under a password that is asked for
#   -Restore FILE.pfx     installs such a backup, in place of the old certificate
#   -Thumbprint T         of what is backed up, by default what is served
#
# Exit status: 0 done, 1 failed, 2 wrong usage or not the place for it.

$mode = 'stores'
$restart = $false
$look = $true
$seconds = 300
$file = ''
$services = ''
$thumbprint = ''

# --- A certificate in place of another ---

function Complete-Request([string]$path, $password) {
	if (-not (Test-Intermediates)) {
		Say 'Start this without -Complete or -Restore first: until they are there the new certificate has no chain.'
		exit 1
	}
	if ($whatIf) {
		Say ('would install {0}' -f $path)
		Test-Switch $services
		return
	}
	Switch-To (Install-Certificate $path $password) $services
}

function Test-Intermediates {
	$good = $true
	foreach ($row in $New) {
		Read-CertificateFile $row | Out-Null
		if ((Find-Certificate $row.Store $row.Sha1) -eq $null) {
			Say ('WRONG: {0} ({1}) is not in the store {2}' -f $row.Sha1, $row.File, $row.Store)
			$good = $false
		}
	}
	return $good
}

function Test-Stores {
	$good = Test-Intermediates
	foreach ($work in @(Get-Removals)) {
		Say ('WRONG: still to do: ' + $work.Text)
		$good = $false
	}
	return $good
}

function Invoke-Backup([string]$path) {
	if (Test-Path -LiteralPath $path) {
		Stop-Wrong ('{0} is there already' -f $path)
	}
	[IO.File]::WriteAllBytes($path, [byte[]](Export-Key $thumbprint))
	Say ('done: {0}; whether it opens and has the key that is served: chainmend key check' -f $path)
}

# --- The stores ---

function Repair-Stores {
	if ($LeafSha1 -eq '') {
		Stop-Wrong ('This machine does not have the certificate that {0} serves (SHA-256 {1}): the chain is sent by another.' -f $Target, $LeafSha256)
	}
	$additions = @(Get-Additions)
	$removals = @(Get-Removals)
	if ($additions.Count + $removals.Count -eq 0) {
		Say 'The stores are as they should be: nothing to do.'
	} elseif ($whatIf) {
		$additions + $removals | ForEach-Object { Say ('would ' + $_.Text) }
	} else {
		Invoke-All $additions $removals
	}
	if ($whatIf) {
		return
	}
	if ($restart) {
		Restart-Servers
	}
	Test-All $seconds
}

function Test-All([int]$patience) {
	$good = Test-Stores
	if (-not (Test-Server)) {
		$good = $false
	}
	if ($look -and -not (Test-Sent $patience)) {
		$good = $false
	}
	if (-not $good) {
		exit 1
	}
}

function Undo-Last {
	if (Test-Path -LiteralPath $record) {
		if ($whatIf) {
			Say 'Would take back:'
			[IO.File]::ReadAllLines($record) | ForEach-Object { Say ('  ' + $_) }
		} else {
			Undo-Switch
			Remove-Item -LiteralPath $record
		}
		return
	}
	$last = Find-Journal
	if ($last -eq '') {
		Say 'Nothing to undo.'
	} elseif ($whatIf) {
		Say ('Would undo, last line first, what stands in ' + $last)
		[IO.File]::ReadAllLines($last) | ForEach-Object { Say ('  ' + $_) }
	} else {
		Undo-Journal $last
	}
}

# --- Begin ---

for ($at = 0; $at -lt $args.Count; $at++) {
	$word = [string]$args[$at]
	if ('-Connect', '-Wait', '-Complete', '-Backup', '-Restore', '-Services', '-Thumbprint' -contains $word) {
		$at++
		if ($at -ge $args.Count) {
			Stop-Wrong ('{0} wants something behind it' -f $word)
		}
	}
	switch ($word) {
		'-WhatIf' { $whatIf = $true }
		'-Verify' { $mode = 'verify' }
		'-Undo' { $mode = 'undo' }
		'-Restart' { $restart = $true }
		'-NoConnect' { $look = $false }
		'-Connect' { $place = [string]$args[$at] }
		'-Wait' { $seconds = $args[$at] }
		'-Complete' { $mode = 'complete'; $file = [string]$args[$at] }
		'-Backup' { $mode = 'backup'; $file = [string]$args[$at] }
		'-Restore' { $mode = 'restore'; $file = [string]$args[$at] }
		'-Services' { $services = [string]::Join(',', [string[]]@($args[$at])) }
		# Invisible characters come along when a thumbprint is copied from a window.
		'-Thumbprint' { $thumbprint = [string]$args[$at] -replace '[^0-9A-Fa-f]', '' }
		default { Stop-Wrong ('no such option: {0}; the first lines of the last part of this file list them' -f $word) }
	}
}
if ($place -ne '' -and $place -notmatch '^\S+:\d+$') {
	Stop-Wrong '-Connect wants HOST:PORT'
}
if ([string]$seconds -notmatch '^\d{1,5}$') {
	Stop-Wrong '-Wait wants a number of seconds'
}
if ($file -ne '') {
	# .NET has another current folder than the shell.
	$file = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($file)
	if ($mode -ne 'backup' -and -not (Test-Path -LiteralPath $file)) {
		Stop-Wrong ('{0} is not there' -f $file)
	}
}
if ([Environment]::OSVersion.Platform -ne 'Win32NT') {
	Stop-Wrong 'This is for Windows.'
}
$me = New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())
if (-not $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
	Stop-Wrong 'Start this as an administrator ("Run as administrator").'
}
if ('complete', 'backup', 'restore' -contains $mode -or ($mode -eq 'undo' -and (Test-Path -LiteralPath $record))) {
	Test-Place
}
$LeafSha1 = Find-Leaf
if ($thumbprint -eq '') {
	$thumbprint = $LeafSha1
}
try {
	switch ($mode) {
		'stores' { Repair-Stores }
		'verify' { Test-All 0 }
		'undo' { Undo-Last }
		'complete' { Complete-Request $file $null }
		'backup' { Invoke-Backup $file }
		'restore' { Complete-Request $file (Read-Host -AsSecureString 'Password of the backup') }
	}
} catch {
	Say ('FAILED: {0}' -f $_)
	exit 1
}
exit 0
