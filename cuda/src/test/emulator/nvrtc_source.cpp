// Reads CUDA C++ as far as g++ needs help: which kernels there are, and `extern __shared__`.
#include "nvrtc.h"
#include <algorithm>
#include <cctype>
#include <cstring>

namespace emulator {
namespace {

bool isWord(char c) { return isalnum((unsigned char) c) || c == '_'; }

// The source with blanks for comments and the insides of literals; every other character stays in
// its place.
std::string withoutComments(std::string text) {
    for (size_t i = 0; i < text.size(); i++) {
        size_t end;
        if (!text.compare(i, 2, "//")) {
            end = std::min(text.find('\n', i), text.size());
        } else if (!text.compare(i, 2, "/*")) {
            end = text.find("*/", i + 2);
            end = end == std::string::npos ? text.size() : end + 2;
        } else if (text[i] == '"' || (text[i] == '\'' && !(i && isWord(text[i - 1])))) {
            char quote = text[i];
            for (end = ++i; end < text.size() && text[end] != quote && text[end] != '\n'; end++) {
                if (text[end] == '\\') end++;
            }
        } else {
            continue;
        }
        for (; i < end && i < text.size(); i++) {
            if (text[i] != '\n') text[i] = ' ';
        }
        if (i < text.size() && text[i] == '\n') i--;
    }
    return text;
}

// Reads a text from a place on.
struct Reader {
    const std::string& text;
    size_t at;

    void skipBlanks() {
        while (at < text.size() && isspace((unsigned char) text[at])) at++;
    }
    std::string word() {
        skipBlanks();
        size_t start = at;
        while (at < text.size() && isWord(text[at])) at++;
        return text.substr(start, at - start);
    }
    bool take(char c) {
        skipBlanks();
        if (at >= text.size() || text[at] != c) return false;
        at++;
        return true;
    }
    // What stands between parentheses, or nothing.
    std::string parenthesised() {
        if (!take('(')) return "";
        size_t start = at;
        for (int depth = 1; at < text.size(); at++) {
            depth += (text[at] == '(') - (text[at] == ')');
            if (!depth) break;
        }
        return text.substr(start, at++ - start);
    }
};

size_t findWord(const std::string& text, const char* word, size_t from) {
    size_t length = strlen(word);
    for (size_t at = text.find(word, from); at != std::string::npos; at = text.find(word, at + 1)) {
        bool begins = !at || !isWord(text[at - 1]);
        if (begins && (at + length == text.size() || !isWord(text[at + length]))) return at;
    }
    return std::string::npos;
}

std::string beforeComma(const std::string& list) {
    int depth = 0;
    for (size_t i = 0; i < list.size(); i++) {
        depth += (list[i] == '(') - (list[i] == ')');
        if (!depth && list[i] == ',') return list.substr(0, i);
    }
    return list;
}

// Whether the text before a declaration ends with "template <…>", and perhaps qualifiers.
bool isTemplate(const std::string& text, size_t declaration) {
    size_t start = text.find_last_of(";}", declaration ? declaration - 1 : 0);
    return findWord(text.substr(start + 1, declaration - start - 1), "template", 0) !=
           std::string::npos;
}

std::string entry(const std::string& name, const std::string& function, const std::string& bounds) {
    return "emulatorKernel(\"" + name + "\", " + function + ", " + (bounds.empty() ? "0" : bounds) +
           "),\n";
}

// The rows of the table for the kernels defined or declared in the text.
std::string kernelTable(const std::string& text, const std::vector<std::string>& nameExpressions) {
    std::string table;
    std::vector<std::string> seen;
    std::vector<std::pair<std::string, std::string>> boundsOf;
    for (size_t at = 0; (at = findWord(text, "__global__", at)) != std::string::npos; at++) {
        Reader reader{text, at + strlen("__global__")};
        std::string name, bounds;
        for (std::string word = reader.word(); !word.empty(); word = reader.word()) {
            if (word == "__launch_bounds__")
                bounds = beforeComma(reader.parenthesised());
            else
                name = word;
        }
        if (!reader.take('(')) continue;
        boundsOf.push_back({name, bounds});
        if (isTemplate(text, at) || std::count(seen.begin(), seen.end(), name)) continue;
        seen.push_back(name);
        table += entry(name, name, bounds);
    }
    for (const std::string& expression : nameExpressions) {
        std::string function = expression[0] == '&' ? expression.substr(1) : expression;
        if (std::count(seen.begin(), seen.end(), function)) continue;
        std::string bounds, plain = function.substr(0, function.find('<'));
        for (auto& [name, number] : boundsOf) {
            if (name == plain) bounds = number;
        }
        table += entry(expression, function, bounds);
    }
    return table;
}

// `extern __shared__ float part[];` becomes a pointer to where the driver puts that memory.
void rewriteDynamicShared(std::string& source, std::string& text) {
    for (size_t at = 0; (at = findWord(text, "extern", at)) != std::string::npos; at++) {
        Reader reader{text, at + strlen("extern")};
        if (reader.word() != "__shared__") continue;
        std::string type, name;
        for (std::string word = reader.word(); !word.empty(); word = reader.word()) {
            if (word == "__align__" || word == "alignas") {
                reader.parenthesised();
                continue;
            }
            type += name + " ";
            name = word;
        }
        if (!reader.take('[') || !reader.take(']') || !reader.take(';')) continue;
        std::string pointer = "static " + type + "*& " + name + " = (" + type +
                              "*&) emulatorModule.dynamicShared;";
        source.replace(at, reader.at - at, pointer);
        text.replace(at, reader.at - at, pointer);
    }
}

} // namespace

std::string translate(const std::string& name, std::string source,
                      const std::vector<std::string>& nameExpressions) {
    std::string text = withoutComments(source);
    rewriteDynamicShared(source, text);
    return "#line 1 \"" + name + "\"\n" + source + "\n#line 1 \"emulator's table of kernels\"\n" +
           "EMULATOR_KERNELS_BEGIN\n" + kernelTable(text, nameExpressions) +
           "EMULATOR_KERNELS_END\n";
}

} // namespace emulator
