# SPDX-License-Identifier: MIT
# iis.ps1 - certificates of IIS, and of whatever else is served by HTTP.SYS: install, bindings, export
#
# Windows 2008 can only take a binding away and add it again, so there is a moment without.  The words of netsh are in
# the language of Windows: they are read by their form (an address, a hash, a GUID), never by their labels.

function Test-Place {
	if (-not (Get-Command netsh.exe -ErrorAction SilentlyContinue)) {
		Stop-Wrong 'There is no netsh here.'
	}
}

# --- Bindings of HTTP.SYS ---

# One object for each: Kind (ipport or hostnameport), Place, Hash, AppId, Store.
function Get-Bindings {
	$where = ''
	$hash = ''
	$owner = ''
	foreach ($line in @(& netsh.exe http show sslcert)) {
		if ($line -notmatch '^\s+\S.*?\s+: (.*)$') {
			continue
		}
		$value = $matches[1].Trim()
		if ($value -match '^\S+:\d{1,5}$') {
			$where = $value
			$hash = ''
			$owner = ''
		} elseif ($where -ne '' -and $hash -eq '' -and $value -match '^[0-9A-Fa-f]{40}$') {
			$hash = $value.ToUpper()
		} elseif ($hash -ne '' -and $owner -eq '' -and $value -match '^\{[0-9A-Fa-f-]{36}\}$') {
			$owner = $value
		} elseif ($owner -ne '' -and $where -ne '') {
			$kind = 'hostnameport'
			if ($where -match '^(\d+\.\d+\.\d+\.\d+|\[.*\]):\d+$') {
				$kind = 'ipport'
			}
			$store = 'MY'
			if ($value -match '^[A-Za-z]+$' -and $value -ne 'null') {
				$store = $value
			}
			New-Object PSObject -Property @{ Kind = $kind; Place = $where; Hash = $hash; AppId = $owner; Store = $store }
			$where = ''
		}
	}
}

# A binding with settings of its own (client certificates, a trust list) would lose them.
function Test-Plain($binding) {
	$names = @{ 'ipport' = 'SslBindingInfo'; 'hostnameport' = 'SslSniBindingInfo' }
	$path = 'SYSTEM\CurrentControlSet\Services\HTTP\Parameters\{0}\{1}' -f $names[$binding.Kind], $binding.Place
	$key = [Microsoft.Win32.Registry]::LocalMachine.OpenSubKey($path)
	if ($key -eq $null) {
		return $false
	}
	try {
		return [int]$key.GetValue('DefaultFlags', 0) -eq 0 -and [string]$key.GetValue('DefaultSslCtlIdentifier', '') -eq ''
	} finally {
		$key.Close()
	}
}

function Remove-Binding([string]$kind, [string]$where) {
	Invoke-Tool 'netsh.exe' @('http', 'delete', 'sslcert', ('{0}={1}' -f $kind, $where))
}

function Add-Binding([string]$kind, [string]$where, [string]$sha1, [string]$owner, [string]$store) {
	Invoke-Tool 'netsh.exe' @('http', 'add', 'sslcert', ('{0}={1}' -f $kind, $where), ('certhash=' + $sha1),
		('appid=' + $owner), ('certstorename=' + $store))
}

function Set-Binding($binding, [string]$sha1, [string]$store) {
	Remove-Binding $binding.Kind $binding.Place
	Add-Binding $binding.Kind $binding.Place $sha1 $binding.AppId $store
}

# --- What is done ---

function Read-Plain($secure) {
	$memory = [Runtime.InteropServices.Marshal]::SecureStringToBSTR($secure)
	try {
		return [Runtime.InteropServices.Marshal]::PtrToStringBSTR($memory)
	} finally {
		[Runtime.InteropServices.Marshal]::ZeroFreeBSTR($memory)
	}
}

# Of a backup only the leaf: it may hold the old intermediate, which must not come back.
function Install-Backup([string]$path, $password) {
	$flags = [Security.Cryptography.X509Certificates.X509KeyStorageFlags]'MachineKeySet,PersistKeySet,Exportable'
	$mine = New-Object Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList $path, (Read-Plain $password), $flags
	if (-not $mine.HasPrivateKey) {
		throw ('{0} holds no key' -f $path)
	}
	Add-Certificate 'My' $mine
	return $mine.Thumbprint
}

function Install-Certificate([string]$path, $password) {
	if ($password -ne $null) {
		return Install-Backup $path $password
	}
	$sha1 = (New-Object Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList $path).Thumbprint
	$mine = Find-Certificate 'My' $sha1
	if ($mine -eq $null -or -not $mine.HasPrivateKey) {
		Invoke-Tool 'certreq.exe' @('-accept', '-machine', $path)
		$mine = Find-Certificate 'My' $sha1
		if ($mine -eq $null -or -not $mine.HasPrivateKey) {
			throw ('{0} has no key on this machine: it was requested elsewhere' -f $sha1)
		}
	}
	return $sha1
}

function Get-OldBindings {
	$bindings = @(Get-Bindings | Where-Object { $_.Hash -eq $LeafSha1 })
	foreach ($binding in $bindings) {
		if (-not (Test-Plain $binding)) {
			throw ('{0} has settings that would be lost; change its certificate in IIS Manager (Bindings)' -f $binding.Place)
		}
	}
	return $bindings
}

function Test-Switch([string]$unused) {
	foreach ($binding in @(Get-OldBindings)) {
		Say ('would bind {0} to it' -f $binding.Place)
	}
}

function Switch-To([string]$to, [string]$unused) {
	$bindings = @(Get-OldBindings)
	if ($bindings.Count -eq 0) {
		Say ('Nothing is bound to {0}: nothing to do.' -f $LeafSha1)
		return
	}
	$lines = @($bindings | ForEach-Object { "{0}`t{1}`t{2}`t{3}`t{4}" -f $_.Kind, $_.Place, $_.Hash, $_.AppId, $_.Store })
	[IO.File]::WriteAllText($record, [string]::Join("`r`n", [string[]]$lines) + "`r`n")
	try {
		foreach ($binding in $bindings) {
			Set-Binding $binding $to 'MY'
			Say ('done: {0} is bound to {1}' -f $binding.Place, $to)
		}
	} catch {
		Say ('FAILED: {0}' -f $_)
		Undo-Switch
		Remove-Item -LiteralPath $record
		exit 1
	}
}

# As they stand in the record: a binding may be gone by now, or have the new certificate.
function Undo-Switch {
	$now = @(Get-Bindings)
	foreach ($line in [IO.File]::ReadAllLines($record)) {
		$kind, $where, $hash, $owner, $store = $line.Split("`t")
		$present = @($now | Where-Object { $_.Place -eq $where })
		if ($present.Count -gt 0 -and $present[0].Hash -eq $hash) {
			continue
		}
		if ($present.Count -gt 0) {
			Remove-Binding $kind $where
		}
		Add-Binding $kind $where $hash $owner $store
		Say ('undone: {0} is bound to {1} again' -f $where, $hash)
	}
}

function Export-Key([string]$sha1) {
	$mine = Find-Certificate 'My' $sha1
	if ($mine -eq $null -or -not $mine.HasPrivateKey) {
		throw ('{0} is not in the store My with its key' -f $sha1)
	}
	$password = Read-Plain (Read-Host -AsSecureString 'Password for the backup (ASCII, long)')
	return , [byte[]]$mine.Export('Pfx', $password)
}

function Test-Server {
	$good = $true
	foreach ($binding in @(Get-Bindings)) {
		$mine = Find-Certificate $binding.Store $binding.Hash
		if ($mine -eq $null) {
			Say ('{0} is bound to {1}, which is not in the store {2}' -f $binding.Place, $binding.Hash, $binding.Store)
			continue
		}
		Say ('{0} is bound to {1}: {2}, until {3:yyyy-MM-dd}' -f $binding.Place, $binding.Hash, $mine.Subject, $mine.NotAfter)
		if ($binding.Hash -eq $LeafSha1 -and $mine.NotAfter -lt (Get-Date)) {
			Say 'WRONG: it has ended'
			$good = $false
		}
	}
	return $good
}

function Restart-Servers {
	& iisreset.exe
}
