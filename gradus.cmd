@echo off
rem Runs Gradus from its sources, and builds first what has changed.
rem
rem   gradus                        lists the examples
rem   gradus NAME [options]         runs one
rem   gradus run File.java [args]   runs your own source file
rem   gradus doctor                 says whether Java, CPU and GPU are ready
rem   gradus bench [REGEX]          times workloads
rem   gradus jmh [JMH options]      runs the JMH benchmarks
rem
rem GRADUS_JAVA_HOME  the JDK to use (25 or newer); without it one is looked for
rem GRADUS_JAVA_OPTS  more JVM options
setlocal EnableExtensions DisableDelayedExpansion

set "ROOT=%~dp0"
set "ROOT=%ROOT:~0,-1%"

set "JDK="
if not defined GRADUS_JAVA_HOME goto search
call :accept "%GRADUS_JAVA_HOME%"
if defined JDK goto found
echo gradus: GRADUS_JAVA_HOME is "%GRADUS_JAVA_HOME%", which is not the home of a JDK 25 or newer. 1>&2
exit /b 1

:search
if defined JAVA_HOME call :accept "%JAVA_HOME%"
for /f "delims=" %%j in ('where java 2^>nul') do call :accept "%%~dpj.."
for /d %%d in ("%ProgramFiles%\Java\*" "%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Microsoft\*" "%ProgramFiles%\Amazon Corretto\*" "%ProgramFiles%\BellSoft\*" "%ProgramFiles%\Zulu\*" "%USERPROFILE%\.jdks\*" "%USERPROFILE%\.sdkman\candidates\java\*") do call :accept "%%~d"
if defined JDK goto found
echo gradus: needs a JDK 25 or newer, and found none in GRADUS_JAVA_HOME, JAVA_HOME, the path, %%USERPROFILE%%\.jdks, %%USERPROFILE%%\.sdkman and the vendors' folders in "%ProgramFiles%". 1>&2
exit /b 1

:found
set "MODULE=examples"
set "EXTRA=train onnx"
set "PHASE=process-classes"
set "MAIN=dev.gradus.examples.Main"
set "OPTIONS="
set "TESTS="
set "ARGS=%*"
if "%~1"=="run" goto run
if "%~1"=="bench" goto bench
if "%~1"=="jmh" goto jmh
goto ready

:run
if "%~2"=="" (
    echo gradus: run what? Usage: gradus run File.java [arguments] 1>&2
    exit /b 1
)
if not exist "%~2" (
    echo gradus: there is no file "%~2". 1>&2
    exit /b 1
)
set "MAIN="
set "ARGS=%ARGS:* =%"
goto ready

:bench
set "MAIN=dev.gradus.benchmarks.Bench"
goto benchmarks

:jmh
set "MAIN=dev.gradus.benchmarks.Jmh"
rem JMH 1.37 still uses sun.misc.Unsafe, and each fork would print four lines about it.
set "OPTIONS=--sun-misc-unsafe-memory-access=allow"

:benchmarks
set "MODULE=benchmarks"
set "EXTRA="
set "PHASE=process-test-classes"
rem The rows of the JMH benchmarks come from the op catalogue, in core's tests.
set "TESTS=%ROOT%\core\target\quick\test-classes;"
if "%~2"=="" (set "ARGS=") else set "ARGS=%ARGS:* =%"

:ready
set "STAMP=%ROOT%\target\quick\%MODULE%.stamp"
set "LOCK=%ROOT%\target\quick\lock"
call :fresh
if errorlevel 1 call :build
if errorlevel 1 exit /b 1

set "CLASSES=%TESTS%%ROOT%\core\target\quick\classes;%ROOT%\io\target\quick\classes;%ROOT%\autograd\target\quick\classes;%ROOT%\optim\target\quick\classes;%ROOT%\train\target\quick\classes;%ROOT%\onnx\target\quick\classes;%ROOT%\cuda\target\quick\classes;%ROOT%\%MODULE%\target\quick\classes;"
"%JDK%\bin\java.exe" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED %OPTIONS% %GRADUS_JAVA_OPTS% -cp "%CLASSES%%ROOT%\%MODULE%\target\quick\lib\*" %MAIN% %ARGS%
exit /b %ERRORLEVEL%

rem Is %1 the home of a JDK 25 or newer? Then it becomes JDK, unless there is one already.
:accept
if defined JDK exit /b 0
if not exist "%~1\bin\javac.exe" exit /b 0
if not exist "%~1\release" exit /b 0
set "VERSION=0"
for /f "usebackq tokens=1,2 delims==" %%a in ("%~1\release") do if "%%a"=="JAVA_VERSION" set "VERSION=%%~b"
for /f "delims=.-+" %%m in ("%VERSION%") do set "MAJOR=%%m"
if %MAJOR% GEQ 25 set "JDK=%~f1"
exit /b 0

rem Has nothing changed since the last build?
:fresh
for %%p in (core io autograd optim cuda %EXTRA% %MODULE%) do if not exist "%ROOT%\%%p\target\quick\classes" exit /b 1
if not exist "%STAMP%" exit /b 1
powershell -NoProfile -Command "$built = (Get-Item -LiteralPath $env:STAMP).LastWriteTime; $sources = @(Get-Item (Join-Path $env:ROOT 'pom.xml')) + @(Get-Item (Join-Path $env:ROOT '*\pom.xml')) + @(Get-ChildItem -Recurse (Join-Path $env:ROOT '*\src')); if ($sources | Where-Object { $_.LastWriteTime -gt $built } | Select-Object -First 1) { exit 1 }"
exit /b %ERRORLEVEL%

:build
if not exist "%ROOT%\target\quick" mkdir "%ROOT%\target\quick"
set "TRIES=0"
:wait
mkdir "%LOCK%" 2>nul && goto locked
set /a TRIES+=1
if %TRIES% GEQ 600 (
    echo gradus: waited ten minutes for another build. If there is none, delete "%LOCK%". 1>&2
    exit /b 1
)
ping -n 2 127.0.0.1 >nul
goto wait
:locked
call :fresh
if not errorlevel 1 goto built
where mvn >nul 2>nul
if errorlevel 1 (
    rmdir "%LOCK%"
    echo gradus: needs Maven to build Gradus, and there is no mvn on the path. 1>&2
    exit /b 1
)
if exist "%STAMP%" (echo Building Gradus, since sources changed ... 1>&2) else echo Building Gradus, for its first use ... 1>&2
where java >nul 2>nul
if errorlevel 1 if not defined JAVA_HOME set "JAVA_HOME=%JDK%"
rem Maven's toolchain discovery looks at JAVA25_HOME among others.
set "JAVA25_HOME=%JDK%"
if exist "%ROOT%\%MODULE%\target\quick\lib" rmdir /s /q "%ROOT%\%MODULE%\target\quick\lib" 2>nul
type nul > "%STAMP%.new"
call mvn -q -B -ntp -f "%ROOT%\pom.xml" -Dgradus.quick -pl %MODULE% -am %PHASE% > "%ROOT%\target\quick\build.log" 2>&1
if errorlevel 1 (
    type "%ROOT%\target\quick\build.log" 1>&2
    rmdir "%LOCK%"
    echo gradus: the build failed; Maven's messages are above. 1>&2
    exit /b 1
)
move /y "%STAMP%.new" "%STAMP%" >nul
:built
rmdir "%LOCK%"
exit /b 0
