// The functions of libnvrtc.so.12. What it calls a CUBIN is a shared object, and PTX its
// hexadecimal digits.
#include "nvrtc.h"
#include "emulator.h"
#include <cstring>

using namespace emulator;

namespace {

enum Result {
    SUCCESS,
    OUT_OF_MEMORY,
    CREATION_FAILURE,
    INVALID_INPUT,
    INVALID_PROGRAM,
    INVALID_OPTION,
    COMPILATION,
    BUILTIN_OPERATION_FAILURE,
    NO_NAME_EXPRESSIONS_AFTER_COMPILATION,
    NO_LOWERED_NAMES_BEFORE_COMPILATION,
    NAME_EXPRESSION_NOT_VALID,
    INTERNAL_ERROR
};

const char* const resultNames[] = {"NVRTC_SUCCESS",
                                   "NVRTC_ERROR_OUT_OF_MEMORY",
                                   "NVRTC_ERROR_PROGRAM_CREATION_FAILURE",
                                   "NVRTC_ERROR_INVALID_INPUT",
                                   "NVRTC_ERROR_INVALID_PROGRAM",
                                   "NVRTC_ERROR_INVALID_OPTION",
                                   "NVRTC_ERROR_COMPILATION",
                                   "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE",
                                   "NVRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION",
                                   "NVRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION",
                                   "NVRTC_ERROR_NAME_EXPRESSION_NOT_VALID",
                                   "NVRTC_ERROR_INTERNAL_ERROR"};

struct Program {
    std::string name, source, log, object;
    std::vector<Header> headers;
    std::vector<std::string> nameExpressions;
};

// Options that are accepted and change nothing here. One that ends with '=' takes a value.
const char* const knownOptions[] = {"std=",
                                    "gpu-architecture=",
                                    "arch=",
                                    "use_fast_math",
                                    "fmad=",
                                    "ftz=",
                                    "prec-div=",
                                    "prec-sqrt=",
                                    "lineinfo",
                                    "generate-line-info",
                                    "default-device",
                                    "device-as-default-execution-space",
                                    "maxrregcount=",
                                    "dopt=",
                                    "restrict",
                                    "w",
                                    "disable-warnings",
                                    "extra-device-vectorization",
                                    "ptxas-options=",
                                    "Xptxas=",
                                    "split-compile=",
                                    "diag-suppress=",
                                    "minimal",
                                    "relocatable-device-code=",
                                    "rdc="};

bool isKnown(const std::string& option) {
    if (option[0] != '-') return false;
    std::string name = option.substr(option[1] == '-' ? 2 : 1);
    for (const char* known : knownOptions) {
        size_t length = strlen(known);
        if (known[length - 1] == '=' ? !name.compare(0, length, known) : name == known) return true;
    }
    return false;
}

// Puts what concerns the compiler into `options`; false for an option that NVRTC does not have.
bool read(const std::string& option, std::vector<std::string>& options) {
    static const std::pair<const char*, const char*> longForms[] = {
            {"--define-macro=", "-D"}, {"--undefine-macro=", "-U"}, {"--include-path=", "-I"}};
    for (auto& [form, brief] : longForms) {
        if (!option.compare(0, strlen(form), form)) {
            options.push_back(brief + option.substr(strlen(form)));
            return true;
        }
    }
    if (option.size() > 2 && option[0] == '-' && strchr("DUI", option[1])) {
        options.push_back(option);
        return true;
    }
    return isKnown(option);
}

std::string ptxOf(const Program& program) {
    static const char digits[] = "0123456789abcdef";
    std::string text = "//\n.version 8.5\n.target sm_90\n.address_size 64\n//cuda-emulator:";
    for (unsigned char c : program.object) {
        text += digits[c >> 4];
        text += digits[c & 15];
    }
    return text + "\n//end\n";
}

int give(const std::string& text, char* to) {
    memcpy(to, text.c_str(), text.size() + 1);
    return SUCCESS;
}

} // namespace

#define NVRTC_API EMULATOR_API int

NVRTC_API nvrtcVersion(int* major, int* minor) {
    *major = 12;
    *minor = 6;
    return SUCCESS;
}

NVRTC_API nvrtcGetNumSupportedArchs(int* count) {
    *count = 3;
    return SUCCESS;
}

NVRTC_API nvrtcGetSupportedArchs(int* architectures) {
    architectures[0] = 75;
    architectures[1] = 80;
    architectures[2] = 90;
    return SUCCESS;
}

NVRTC_API nvrtcCreateProgram(Program** result, const char* source, const char* name, int headers,
                             const char* const* headerTexts, const char* const* headerNames) {
    if (!result || !source) return INVALID_INPUT;
    *result = new Program;
    (*result)->source = source;
    (*result)->name = name && *name ? name : "default_program";
    for (int i = 0; i < headers; i++)
        (*result)->headers.push_back({headerNames[i], headerTexts[i]});
    return SUCCESS;
}

NVRTC_API nvrtcDestroyProgram(Program** program) {
    if (!program || !*program) return INVALID_PROGRAM;
    delete *program;
    *program = nullptr;
    return SUCCESS;
}

NVRTC_API nvrtcAddNameExpression(Program* program, const char* expression) {
    program->nameExpressions.push_back(expression);
    return SUCCESS;
}

NVRTC_API nvrtcGetLoweredName(Program* program, const char* expression, const char** lowered) {
    for (const std::string& known : program->nameExpressions) {
        if (known != expression) continue;
        *lowered = known.c_str();
        return SUCCESS;
    }
    return NAME_EXPRESSION_NOT_VALID;
}

NVRTC_API nvrtcCompileProgram(Program* program, int count, const char* const* words) {
    std::vector<std::string> options;
    program->log.clear();
    program->object.clear();
    for (int i = 0; i < count; i++) {
        if (read(words[i], options)) continue;
        program->log = std::string("nvrtc: error: unrecognized option ") + words[i] + " found\n";
        return INVALID_OPTION;
    }
    std::string translated = translate(program->name, program->source, program->nameExpressions);
    program->object = compile(translated, program->headers, options, program->log);
    return program->object.empty() ? COMPILATION : SUCCESS;
}

NVRTC_API nvrtcGetCUBINSize(Program* program, size_t* bytes) {
    *bytes = program->object.size();
    return SUCCESS;
}

NVRTC_API nvrtcGetCUBIN(Program* program, char* to) {
    memcpy(to, program->object.data(), program->object.size());
    return SUCCESS;
}

NVRTC_API nvrtcGetPTXSize(Program* program, size_t* bytes) {
    *bytes = ptxOf(*program).size() + 1;
    return SUCCESS;
}

NVRTC_API nvrtcGetPTX(Program* program, char* to) { return give(ptxOf(*program), to); }

NVRTC_API nvrtcGetProgramLogSize(Program* program, size_t* bytes) {
    *bytes = program->log.size() + 1;
    return SUCCESS;
}

NVRTC_API nvrtcGetProgramLog(Program* program, char* to) { return give(program->log, to); }

EMULATOR_API const char* nvrtcGetErrorString(int result) {
    bool known = result >= 0 && result <= INTERNAL_ERROR;
    return known ? resultNames[result] : "NVRTC_ERROR unknown";
}

// build.sh makes a function that calls this for each one that JCuda imports and this file does not
// define.
extern "C" int cudaEmulatorUnsupported(const char*) { return INTERNAL_ERROR; }
