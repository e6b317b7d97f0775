# SPDX-License-Identifier: MIT
# windows-stores.ps1 - the certificates that schannel builds a server's chain of, and what it sends
#
# Windows sends the chain that it builds itself, and of equal ones the shortest.  Where it trusts the root it never
# sends the cross certificate, in whatever store that is: a cross certificate that is not sent is no fault there.
#
# Windows Server 2008 with Exchange 2010 has PowerShell 2.0, so there is nothing in these scripts that came later.
#requires -version 2.0

$ErrorActionPreference = 'Stop'
$here = Split-Path -Parent $MyInvocation.MyCommand.Path
$whatIf = $false
$place = ''
$record = Join-Path $here 'switched.txt'
$script:journal = ''
$script:sent = @{}
$script:leaf = $null

function Say([string]$text) {
	Write-Host $text
}

function Stop-Wrong([string]$text) {
	Write-Host $text
	exit 2
}

# --- Small things ---

function Get-HashOf([string]$algorithm, [byte[]]$bytes) {
	$maker = $null
	try {
		$maker = [Security.Cryptography.HashAlgorithm]::Create($algorithm)
	} catch {
		# Where FIPS mode is on, the managed SHA-256 refuses; the one of Windows is in System.Core.
		Add-Type -AssemblyName System.Core
		$maker = New-Object Security.Cryptography.SHA256CryptoServiceProvider
	}
	return [BitConverter]::ToString($maker.ComputeHash($bytes)).Replace('-', '')
}

function Read-CertificateFile($row) {
	$file = Join-Path $here $row.File
	$fetched = $false
	if (-not (Test-Path -LiteralPath $file)) {
		if ($whatIf -or $row.Url -eq '') {
			throw ('{0} is missing; it is at {1}' -f $file, $row.Url)
		}
		(New-Object Net.WebClient).DownloadFile($row.Url, $file)
		$fetched = $true
	}
	$certificate = New-Object Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList $file
	# The address it came from once had the old certificate: only the fingerprint tells.
	if ((Get-HashOf 'SHA256' $certificate.RawData) -ne $row.Sha256) {
		if ($fetched) {
			Remove-Item -LiteralPath $file
		}
		throw ('{0} is another certificate than the one that is wanted' -f $file)
	}
	$row.Sha1 = $certificate.Thumbprint
	return $certificate
}

function Read-ListFile([string]$file) {
	$bytes = [IO.File]::ReadAllBytes($file)
	$text = [Text.Encoding]::ASCII.GetString($bytes)
	if ($text -match '-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----') {
		$bytes = [Convert]::FromBase64String($matches[1])
	}
	return , [byte[]]$bytes
}

# certutil by its exit status: whether that store has it.  Its words are in the language of Windows.
function Test-Tool([string[]]$words) {
	& certutil.exe $words | Out-Null
	return $LASTEXITCODE -eq 0
}

function Invoke-Tool([string]$tool, [string[]]$words) {
	$said = & $tool $words
	if ($LASTEXITCODE -ne 0) {
		$said | ForEach-Object { Say $_ }
		throw ('{0} {1}: exit status {2}' -f $tool, [string]::Join(' ', $words), $LASTEXITCODE)
	}
}

# --- Stores of the machine ---

function Open-Store([string]$name, [string]$access) {
	$store = New-Object Security.Cryptography.X509Certificates.X509Store($name, 'LocalMachine')
	$store.Open($access)
	return $store
}

function Find-Certificate([string]$name, [string]$sha1) {
	$store = Open-Store $name 'ReadOnly'
	try {
		$found = $store.Certificates.Find('FindByThumbprint', $sha1, $false)
		if ($found.Count -gt 0) {
			return $found[0]
		}
		return $null
	} finally {
		$store.Close()
	}
}

function Add-Certificate([string]$name, $certificate) {
	$store = Open-Store $name 'ReadWrite'
	try {
		$store.Add($certificate)
	} finally {
		$store.Close()
	}
}

function Remove-Certificate([string]$name, [string]$sha1) {
	$store = Open-Store $name 'ReadWrite'
	try {
		$store.Certificates.Find('FindByThumbprint', $sha1, $false) | ForEach-Object { $store.Remove($_) }
	} finally {
		$store.Close()
	}
}

# The thumbprint of the certificate that is served, by its SHA-256; '' when this is not the machine that has it.
# A leaf lies in My, or in WebHosting of IIS 8 and later.
function Find-Leaf {
	foreach ($name in 'My', 'WebHosting') {
		try {
			$store = Open-Store $name 'ReadOnly'
		} catch {
			# There is no such store on older ones.
			continue
		}
		try {
			foreach ($one in $store.Certificates) {
				if ((Get-HashOf 'SHA256' $one.RawData) -eq $LeafSha256) {
					return $one.Thumbprint
				}
			}
		} finally {
			$store.Close()
		}
	}
	return ''
}

# A store that the directory or a group policy fills comes back however often it is emptied here.
function Find-Managed([string]$sha1) {
	foreach ($scope in '-enterprise', '-GroupPolicy') {
		if (Test-Tool $scope, '-store', 'CA', $sha1) {
			$scope
		}
	}
}

# --- Hidden copies: what services fetched lies in the user stores of their accounts (LocalSystem is S-1-5-18) ---

function Get-HiddenPath([string]$sid, [string]$sha1) {
	return '{0}\Software\Microsoft\SystemCertificates\CA\Certificates\{1}' -f $sid, $sha1
}

function Find-Hidden([string]$sha1) {
	foreach ($sid in [Microsoft.Win32.Registry]::Users.GetSubKeyNames()) {
		# .DEFAULT is another name of S-1-5-18.
		if ($sid -eq '.DEFAULT' -or $sid -like '*_Classes') {
			continue
		}
		$key = [Microsoft.Win32.Registry]::Users.OpenSubKey((Get-HiddenPath $sid $sha1))
		if ($key -ne $null) {
			$key.Close()
			$sid
		}
	}
}

function Remove-Hidden([string]$sid, [string]$sha1, [string]$file) {
	$path = Get-HiddenPath $sid $sha1
	$key = [Microsoft.Win32.Registry]::Users.OpenSubKey($path)
	try {
		[IO.File]::WriteAllBytes($file, [byte[]]$key.GetValue('Blob'))
	} finally {
		$key.Close()
	}
	Write-Journal 'hidden' $sid $sha1 (Split-Path -Leaf $file)
	[Microsoft.Win32.Registry]::Users.DeleteSubKeyTree($path)
}

function Restore-Hidden([string]$sid, [string]$sha1, [string]$file) {
	$key = [Microsoft.Win32.Registry]::Users.CreateSubKey((Get-HiddenPath $sid $sha1))
	try {
		$key.SetValue('Blob', [IO.File]::ReadAllBytes($file), 'Binary')
	} finally {
		$key.Close()
	}
}

# --- The journal: what was done, so that it can be undone ---

function Write-Journal([string]$kind, [string]$store, [string]$sha1, [string]$file) {
	[IO.File]::AppendAllText($script:journal, ("{0}`t{1}`t{2}`t{3}`r`n" -f $kind, $store, $sha1, $file))
}

function New-Journal {
	$folder = Join-Path $here ('backup-' + (Get-Date -Format 'yyyyMMdd-HHmmss'))
	New-Item -ItemType Directory -Path $folder | Out-Null
	$script:journal = Join-Path $folder 'journal.txt'
}

function Find-Journal {
	$folders = @(Get-ChildItem -LiteralPath $here | Where-Object { $_.PSIsContainer -and $_.Name -like 'backup-*' } | Sort-Object Name)
	for ($n = $folders.Count - 1; $n -ge 0; $n--) {
		$file = Join-Path $folders[$n].FullName 'journal.txt'
		if (Test-Path -LiteralPath $file) {
			return $file
		}
	}
	return ''
}

# Backwards: what was removed last comes back first.
function Undo-Journal([string]$file) {
	$folder = Split-Path -Parent $file
	$lines = @([IO.File]::ReadAllLines($file))
	for ($n = $lines.Count - 1; $n -ge 0; $n--) {
		$kind, $store, $sha1, $name = $lines[$n].Split("`t")
		switch ($kind) {
			'added' { Remove-Certificate $store $sha1 }
			'removed' {
				$kept = Join-Path $folder $name
				Add-Certificate $store (New-Object Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList $kept)
			}
			'hidden' { Restore-Hidden $store $sha1 (Join-Path $folder $name) }
			'list' {
				if (Test-Tool '-store', $store, $sha1) {
					Invoke-Tool 'certutil.exe' @('-delstore', $store, $sha1)
				}
			}
		}
		Say ('undone: {0} {1} {2}' -f $kind, $store, $sha1)
	}
	Move-Item -LiteralPath $file -Destination ($file -replace 'journal\.txt$', 'journal-undone.txt')
	Clear-Caches
}

# Processes hold chains and lists in memory; this tells them to look again, without a restart.
function Clear-Caches {
	Invoke-Tool 'certutil.exe' @('-setreg', 'chain\ChainCacheResyncFiletime', '@now')
	Test-Tool '-urlcache', 'crl', 'delete' | Out-Null
}

# --- What is to be done ---

function New-Work([string]$kind, [string]$store, [string]$sha1, $what, [string]$text) {
	return New-Object PSObject -Property @{ Kind = $kind; Store = $store; Sha1 = $sha1; What = $what; Text = $text }
}

function Get-Additions {
	foreach ($row in $New) {
		$certificate = Read-CertificateFile $row
		if ((Find-Certificate $row.Store $row.Sha1) -eq $null) {
			New-Work 'add' $row.Store $row.Sha1 $certificate ('add {0} ({1}) to the store {2}' -f $row.Sha1, $row.File, $row.Store)
		}
	}
	if ($ArlFile -eq '') {
		return
	}
	$file = Join-Path $here $ArlFile
	if (-not (Test-Path -LiteralPath $file)) {
		Say ('The revocation list {0} is not beside this script; serving needs none. It is at {1}' -f $ArlFile, $ArlUrl)
		return
	}
	$sha1 = Get-HashOf 'SHA1' (Read-ListFile $file)
	if (-not (Test-Tool '-store', 'CA', $sha1)) {
		New-Work 'list' 'CA' $sha1 $file ('add the revocation list {0} to the store CA' -f $ArlFile)
	}
}

function Get-Removals {
	foreach ($sha1 in $OldSha1) {
		$managed = @(Find-Managed $sha1)
		foreach ($scope in $managed) {
			Say ('{0} is also in a store that others fill (certutil {1} -store CA): have it taken out there, or it comes back.' -f $sha1, $scope)
		}
		foreach ($store in 'CA', 'Root', 'My') {
			# The machine's store shows managed copies, too; those cannot be removed here.
			if ($store -eq 'CA' -and $managed.Count -gt 0) {
				continue
			}
			if ((Find-Certificate $store $sha1) -ne $null) {
				New-Work 'remove' $store $sha1 $null ('remove {0} from the store {1}' -f $sha1, $store)
			}
		}
		foreach ($sid in @(Find-Hidden $sha1)) {
			New-Work 'hidden' $sid $sha1 $null ('remove {0} from the hidden store of {1}' -f $sha1, $sid)
		}
	}
}

function Invoke-Work($work) {
	$folder = Split-Path -Parent $script:journal
	switch ($work.Kind) {
		'add' {
			Write-Journal 'added' $work.Store $work.Sha1 ''
			Add-Certificate $work.Store $work.What
		}
		'list' {
			Write-Journal 'list' $work.Store $work.Sha1 ''
			Invoke-Tool 'certutil.exe' @('-addstore', $work.Store, $work.What)
		}
		'remove' {
			$name = '{0}-{1}.cer' -f $work.Store, $work.Sha1
			[IO.File]::WriteAllBytes((Join-Path $folder $name), (Find-Certificate $work.Store $work.Sha1).RawData)
			Write-Journal 'removed' $work.Store $work.Sha1 $name
			Remove-Certificate $work.Store $work.Sha1
		}
		'hidden' {
			Remove-Hidden $work.Store $work.Sha1 (Join-Path $folder ('{0}-{1}.blob' -f $work.Store, $work.Sha1))
		}
	}
	Say ('done: ' + $work.Text)
}

# New ones first, all of them found again, and only then is anything taken away.
function Invoke-All($additions, $removals) {
	New-Journal
	try {
		foreach ($work in $additions) {
			Invoke-Work $work
		}
		foreach ($row in $New) {
			if ((Find-Certificate $row.Store $row.Sha1) -eq $null) {
				throw ('{0} is not in the store {1} after it was added' -f $row.Sha1, $row.Store)
			}
		}
		foreach ($work in $removals) {
			Invoke-Work $work
		}
		Clear-Caches
	} catch {
		Say ('FAILED: {0}' -f $_)
		if (Test-Path -LiteralPath $script:journal) {
			Undo-Journal $script:journal
		}
		Say 'Everything is as it was.'
		exit 1
	}
}

# --- What the server sends ---

function Read-Line($stream) {
	$line = New-Object Text.StringBuilder
	while ($true) {
		$byte = $stream.ReadByte()
		if ($byte -lt 0) {
			throw 'the server ended the connection'
		}
		if ($byte -eq 10) {
			return $line.ToString().TrimEnd()
		}
		if ($line.Length -lt 2000) {
			[void]$line.Append([char]$byte)
		}
	}
}

function Wait-Line($stream, [string]$last, [string]$good) {
	for ($n = 0; $n -lt 100; $n++) {
		$line = Read-Line $stream
		if ($line -match $last) {
			if ($line -match $good) {
				return
			}
			throw ('the server says: ' + $line)
		}
	}
	throw 'the server says too much'
}

function Send-Line($stream, [string]$text) {
	$bytes = [Text.Encoding]::ASCII.GetBytes($text + "`r`n")
	$stream.Write($bytes, 0, $bytes.Length)
}

function Start-Plain($stream) {
	switch ($StartTls) {
		'' { return }
		'smtp' {
			Wait-Line $stream '^\d{3} ' '^220'
			Send-Line $stream 'EHLO chainmend.invalid'
			Wait-Line $stream '^\d{3} ' '^250'
			Send-Line $stream 'STARTTLS'
			Wait-Line $stream '^\d{3} ' '^220'
		}
		'imap' {
			Wait-Line $stream '^\* ' '^\* OK'
			Send-Line $stream 'a STARTTLS'
			Wait-Line $stream '^a ' '^a OK'
		}
		'pop3' {
			Wait-Line $stream '.' '^\+OK'
			Send-Line $stream 'STLS'
			Wait-Line $stream '.' '^\+OK'
		}
		default { throw ('STARTTLS of {0} is not spoken here' -f $StartTls) }
	}
}

# Nothing is verified here: it is looked at.  What was sent is what .NET adds to build a chain of.
$see = [Net.Security.RemoteCertificateValidationCallback] {
	param($sender, $certificate, $chain, $errors)
	$script:leaf = New-Object Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList $certificate
	foreach ($one in $chain.ChainPolicy.ExtraStore) {
		$script:sent[$one.Thumbprint] = $one
	}
	return $true
}

function Read-Sent([string]$node, [int]$door, [int]$versions) {
	$script:sent = @{}
	$script:leaf = $null
	$client = New-Object Net.Sockets.TcpClient
	try {
		$client.Connect($node, $door)
		$stream = $client.GetStream()
		$stream.ReadTimeout = 15000
		$stream.WriteTimeout = 15000
		Start-Plain $stream
		$tls = New-Object Net.Security.SslStream($stream, $false, $see)
		$name = $HostName
		if ($Sni -ne '') {
			$name = $Sni
		}
		$tls.AuthenticateAsClient($name, $null, [Enum]::ToObject([Security.Authentication.SslProtocols], $versions), $false)
		$tls.Close()
	} finally {
		$client.Close()
	}
}

# What is wrong with what the server sends, a line each; nothing when it is right.
function Get-Wrong {
	$node = $HostName
	$door = [int]$Port
	if ($Address -ne '') {
		$node = $Address
	}
	if ($place -match '^\[?(.+?)\]?:(\d+)$') {
		$node = $matches[1]
		$door = [int]$matches[2]
	}
	try {
		# TLS 1.0 to 1.2; an old .NET knows TLS 1.0 alone.
		try {
			Read-Sent $node $door 4032
		} catch {
			Read-Sent $node $door 192
		}
	} catch {
		'what {0}:{1} sends could not be read: {2}' -f $node, $door, $_
		return
	}
	foreach ($sha1 in $OldSha1) {
		if ($script:sent.ContainsKey($sha1)) {
			'the server still sends the old certificate {0}' -f $sha1
		}
	}
	foreach ($row in $New) {
		$subject = (Read-CertificateFile $row).Subject
		if ($subject -eq $script:leaf.Issuer -and -not $script:sent.ContainsKey($row.Sha1)) {
			'the server does not send {0} ({1})' -f $row.Sha1, $row.File
		}
	}
}

function Test-Stores {
	$good = $true
	foreach ($row in $New) {
		if ((Find-Certificate $row.Store $row.Sha1) -eq $null) {
			Say ('WRONG: {0} is not in the store {1}' -f $row.Sha1, $row.Store)
			$good = $false
		}
	}
	foreach ($work in @(Get-Removals)) {
		Say ('WRONG: still to do: ' + $work.Text)
		$good = $false
	}
	return $good
}

# Schannel looks at the stores again within minutes; until then what is sent may be the old chain.
function Test-Sent([int]$patience) {
	$begin = Get-Date
	while ($true) {
		$wrong = @(Get-Wrong)
		if ($wrong.Count -eq 0) {
			Say 'The server sends the right chain.'
			return $true
		}
		if (((Get-Date) - $begin).TotalSeconds -ge $patience) {
			break
		}
		Start-Sleep -Seconds 10
	}
	foreach ($line in $wrong) {
		Say ('WRONG: ' + $line)
	}
	$words = '-connect {0}:{1} -servername {2} -showcerts' -f $HostName, $Port, $HostName
	if ($StartTls -ne '' -and $StartTls -ne 'none') {
		$words += ' -starttls ' + $StartTls
	}
	Say 'If the stores are right, restart what serves (-Restart: IIS and the mail services), or the machine. From another machine:'
	Say ('  chainmend scan {0}' -f $Target)
	Say ('  openssl s_client {0}' -f $words)
	return $false
}
