"""Marks by which to choose where Linguist's rules leave several languages and it would ask its trained classifier.

They are ours, not Linguist's: each is something that most files of the language have and its rivals for the same
extension lack.  A choice made by them is still reported as ambiguous.
"""

import re
from collections.abc import Sequence

_CONSIDERED = 50 * 1024  # bytes, as Linguist's classifier

_MARKS = {
    "AGS Script": rb"^[ \t]*(?:import|export|function)[ \t]++\w++(?:[ \t]++\w*+)?\(",
    "AMPL": rb"^[ \t]*(?:param|var|set|minimize|maximize|subject to|data;)",
    "AngelScript": rb"\b\w+@\s|^[ \t]*(?:shared|mixin)[ \t]+class\b|\bconst[ \t]+\w+[ \t]*&[ \t]*in\b",
    "Apex": rb"(?i)\b(?:with|without|inherited) sharing\b|^[ \t]*trigger \w+ on |@isTest\b"
    rb"|^(?:public|private|global)[ \t][\w \t]*\bclass\b",
    "ApacheConf": rb"^[ \t]*<(?:VirtualHost|Directory|Location|IfModule|Files)",
    "BitBake": rb"^(?:inherit|require|SRC_URI|DEPENDS|LICENSE|PACKAGES|do_\w+)\b",
    "C++": rb"^[ \t]*#[ \t]*(?:include|define|ifdef|ifndef|if)\b|^[ \t]*(?:class|namespace|template)\b",
    "CUE": rb"^package \w|^\w+: ",
    "Cue Sheet": rb"(?i)^[ \t]*(?:FILE|TRACK|PERFORMER|REM)[ \t]",
    "Debian Package Control File": rb"^(?:Format|Source|Package|Maintainer): ",
    "Eagle": rb"<!DOCTYPE eagle",
    "GLSL": rb"\bgl_\w|^[ \t]*#version\b|\bvoid[ \t]+main[ \t]*\(|^[ \t]*(?:uniform|varying|precision)\b",
    "HAProxy": rb"^(?:global|defaults|frontend|backend|listen)\b(?![^\n]{0,200}=)",
    "HLSL": rb"\b(?:float[234](?:x[34])?|Texture2D|cbuffer|technique\d*|SamplerState)\b",
    "HTML": rb"<(?:!--|/?(?:html|head|body|div|p|a|table|tr|td|span|ul|li|script|form|b)\b)",
    "INI": rb"^[ \t]*\[[^\]\n]+\][ \t\r]*$",
    "Java Properties": rb"^[ \t]*(?:[#!]|[\w.-]+[ \t]*=)",
    "KiCad Legacy Layout": rb"\APCBNEW",
    "KiCad Schematic": rb"\A\s{0,99}(?:EESchema|\(kicad_sch)",
    "Kickstart": rb"^%(?:packages|post|pre|end|include)\b|^(?:lang|timezone|rootpw|bootloader|repo)\b",
    "Limbo": rb"^implement[ \t]|:[ \t]*module\b",
    "Linux Kernel Module": rb"\A\S+\.k?o\b",
    "M": rb"^(?:\w+(?:\([^)\n]*\))?)?[ \t]+(?:;|(?:set|write|new|quit|do|s|w|n|q|d|f)[ \t:])",
    "MATLAB": rb"^[ \t]*(?:function|end|classdef)\b|^[ \t]*%|\bdisp\(",
    "Mercury": rb"^:-",
    "Modelica": rb"^[ \t]*(?:within|partial|model|package|class|block|connector|record|function)\b[^{\n]*$",
    "Moocode": rb"^(?:@|;;?)\w|^\.$",
    "Motoko": rb"^[ \t]*(?:import[ \t]+\w+[ \t]+\"|(?:persistent[ \t]+)?actor\b|module[ \t]*\{)",
    "Nginx": rb"^[ \t]*(?:server|location|upstream|http|events)\b[^\n]*\{",
    "Objective-C": rb"^[ \t]*(?:@(?:interface|implementation|import|class)\b|#import\b)|\[\w+ \w+",
    "Objective-C++": rb"^[ \t]*#[ \t]*(?:import|include)\b|^@",
    "PHP": rb"<\?",
    "PLSQL": rb"(?i)\b(?:create or replace|exception when|varchar2|begin)\b",
    "POV-Ray SDL": rb"^[ \t]*#[ \t]*(?:declare|local|macro|version)\b",
    "Pascal": rb"(?i)^[ \t]*(?:unit|program|interface|uses|begin|procedure)\b",
    "Pawn": rb"^[ \t]*(?:native|forward|stock|public)\b|^#(?:if|endinput|pragma)\b",
    "Perl": rb"^[ \t]*(?:use|my|our|sub|package)[ \t]+[\w$@%(]",
    "Pod": rb"\A\s{0,99}=\w",
    "PowerBuilder": rb"^\$PBExport|^forward$|^global type ",
    "Protocol Buffer Text Format": rb"^[ \t]*\w+[ \t]*(?::[ \t]*[\w\"'-]|\{[ \t]*$)",
    "Puppet": rb"^[ \t]*(?:class|define|node|include)[ \t]+[\w:'\"]|=>",
    "Python": rb"^[ \t]*(?:import|from|def)[ \t]+\w|^a = Analysis\(",
    "RPM Spec": rb"^%(?:description|prep|build|install|files|changelog|global|define)\b|^(?:Name|Version|Summary):",
    "ReScript": rb"^[ \t]*(?:let|module|type|open|external)[ \t]+\w",
    "RouterOS Script": rb"^[ \t]*:(?:local|global|foreach|if|log|put|delay)\b|^/[a-z]",
    "Ruby": rb"^[ \t]*(?:require|describe|module|class|gem)\b[ \t(]|^end\b",
    "Salt": rb"^[ \t]*(?:\{%|\{\{|[\w.-]+:[ \t\r]*$)|^[ \t]+- \w+:",
    "Scheme": rb"\A\s{0,99}[;(#]",
    "ShaderLab": rb"^[ \t]*Shader[ \t]+\"",
    "Smalltalk": rb"^!|\bsubclass: #",
    "Standard ML": rb"^[ \t]*(?:structure|signature|functor|val|fun)[ \t]",
    "TeX": rb"^[ \t]*\\\w",
    "Terra": rb"\bterra\b|\bterralib\b",
    "TypeScript": rb"^[ \t]*(?:export[ \t]+)?(?:interface|type|enum)[ \t]+\w|:[ \t]*(?:string|number|boolean|void)\b",
    "Wolfram Language": rb"\(\*|:=|\[\[|\bModule\[",
    "XML": rb"\A(?:\xef\xbb\xbf)?\s{0,99}<",
}


_ALWAYS = frozenset(
    {"Eagle", "KiCad Legacy Layout", "KiCad Schematic", "Linux Kernel Module", "Pod", "PowerBuilder", "RPM Spec"}
    | {"ShaderLab", "Smalltalk", "Terra", "TypeScript", "XML"}
)
"""The languages of which a text without the mark is none."""


def likeliest(candidates: Sequence[str], head: bytes) -> list[str]:
    """The candidates that bear their mark; else those that need not bear one; else all."""
    content = head[:_CONSIDERED]
    bearing = [name for name in candidates if name in _MARKS and re.search(_MARKS[name], content, re.MULTILINE)]
    return bearing or [name for name in candidates if name not in _ALWAYS] or list(candidates)
