# SPDX-License-Identifier: MIT
# exchange.ps1 - certificates of Exchange 2010 and later: import, services, export
#
# The CA's guide ends before services are assigned: until then Exchange goes on sending the old certificate.
#
# The shell of Exchange 2010 is PowerShell 2.0.  Parameters that only some versions have (-RequestFile, -FileName,
# -Path, -Identity) are not used: every version has -FileData, and gives what it exports as output.

function Test-Place {
	if (-not (Get-Command Get-ExchangeCertificate -ErrorAction SilentlyContinue)) {
		Stop-Wrong 'Start this in the Exchange Management Shell.'
	}
}

function Find-Mine([string]$sha1) {
	return Get-ExchangeCertificate | Where-Object { $_.Thumbprint -eq $sha1 } | Select-Object -First 1
}

# "IIS,SMTP" of what the shell prints as "IIS, SMTP, Federation"; federation has a certificate of its own.
function Get-ServicesOf([string]$sha1) {
	$mine = Find-Mine $sha1
	if ($mine -eq $null) {
		return ''
	}
	$kept = @(([string]$mine.Services).Split(',') | ForEach-Object { $_.Trim() } |
		Where-Object { $_ -ne '' -and $_ -ne 'None' -and $_ -ne 'Federation' })
	return [string]::Join(',', [string[]]$kept)
}

function Test-HasServices([string]$sha1, [string]$wanted) {
	$has = (Get-ServicesOf $sha1).Split(',')
	foreach ($service in $wanted.Split(',')) {
		if ($has -notcontains $service.Trim()) {
			return $false
		}
	}
	return $true
}

# Services are added to a certificate and so taken from the other.  About the default certificate of SMTP Exchange
# asks: No is right, unless the old certificate was it.
function Set-Services([string]$sha1, [string]$wanted) {
	$more = @{}
	if ((Get-Command Enable-ExchangeCertificate).Parameters.ContainsKey('DoNotRequireSsl')) {
		$more['DoNotRequireSsl'] = $true
	}
	Enable-ExchangeCertificate -Thumbprint $sha1 -Services $wanted @more
}

# What the CA sent joins its pending request; what is here with its key already need not be imported again.
function Install-Certificate([string]$path, $password) {
	$bytes = [Byte[]](Get-Content -LiteralPath $path -Encoding Byte -ReadCount 0)
	if ($password -ne $null) {
		return [string](Import-ExchangeCertificate -FileData $bytes -Password $password -PrivateKeyExportable $true).Thumbprint
	}
	$sha1 = (New-Object Security.Cryptography.X509Certificates.X509Certificate2 -ArgumentList $path).Thumbprint
	$mine = Find-Mine $sha1
	if ($mine -eq $null -or [string]$mine.Status -eq 'PendingRequest') {
		Import-ExchangeCertificate -FileData $bytes -PrivateKeyExportable $true | Out-Null
	}
	return $sha1
}

function Get-Wanted([string]$wanted) {
	if ($wanted -eq '') {
		$wanted = Get-ServicesOf $LeafSha1
	}
	if ($wanted -eq '') {
		Stop-Wrong 'The old certificate has no services here; say which with -Services, as in -Services IIS,SMTP'
	}
	return $wanted
}

function Test-Switch([string]$wanted) {
	Say ('would assign {0} to it' -f (Get-Wanted $wanted))
}

function Switch-To([string]$sha1, [string]$wanted) {
	$wanted = Get-Wanted $wanted
	if (Test-HasServices $sha1 $wanted) {
		Say ('{0} has {1} already: nothing to do.' -f $sha1, $wanted)
		return
	}
	if ($LeafSha1 -eq '') {
		# Nothing to go back to.
		Set-Services $sha1 $wanted
		Say ('done: {0} has {1}' -f $sha1, $wanted)
		return
	}
	[IO.File]::WriteAllText($record, ("{0}`t{1}`r`n" -f $LeafSha1, $wanted))
	try {
		Set-Services $sha1 $wanted
	} catch {
		Say ('FAILED: {0}' -f $_)
		Undo-Switch
		Remove-Item -LiteralPath $record
		exit 1
	}
	Say ('done: {0} has {1}' -f $sha1, $wanted)
	Say 'Where a connector names its certificate by issuer and subject (TlsCertificateName), old and new match alike:'
	Say ('remove the old one once all is well: Remove-ExchangeCertificate -Thumbprint {0}' -f $LeafSha1)
}

function Undo-Switch {
	$sha1, $wanted = [IO.File]::ReadAllText($record).Trim().Split("`t")
	if ((Find-Mine $sha1) -eq $null) {
		throw ('the old certificate {0} is not here any more' -f $sha1)
	}
	Set-Services $sha1 $wanted
	Say ('undone: {0} has {1} again' -f $sha1, $wanted)
}

function Export-Key([string]$sha1) {
	$password = Read-Host -AsSecureString 'Password for the backup (ASCII, long: the format is an old one)'
	return , [Byte[]](Export-ExchangeCertificate -Thumbprint $sha1 -BinaryEncoded:$true -Password $password).FileData
}

function Test-Server {
	if (-not (Get-Command Get-ExchangeCertificate -ErrorAction SilentlyContinue)) {
		Say 'Which certificate has which services is only known in the Exchange Management Shell.'
		return $true
	}
	$good = $true
	foreach ($mine in @(Get-ExchangeCertificate)) {
		Say ('{0} {1}, {2}, services: {3}' -f $mine.Thumbprint, $mine.Subject, $mine.Status, $mine.Services)
		# Exchange makes itself certificates that nobody trusts, and uses them between its own servers.
		if ($mine.Thumbprint -eq $LeafSha1 -and [string]$mine.Status -ne 'Valid') {
			Say 'WRONG: Exchange does not hold it for valid.'
			$good = $false
		}
	}
	return $good
}

function Restart-Servers {
	& iisreset.exe
	$names = 'MSExchangeTransport', 'MSExchangeFrontEndTransport', 'MSExchangePop3', 'MSExchangeImap4'
	Get-Service -Name $names -ErrorAction SilentlyContinue | Where-Object { $_.Status -eq 'Running' } | Restart-Service
}
